"""failover-drill: drills that prove a failover works, judged from a journal.

model       the nouns; seams  what a world and a target must offer
drillfile, stackfile  a person's files; schema  for editors
planner     drill, target, world, seed -> plan; roles  whom its words mean; reach  whom faults cut off
conductor   plan and events -> commands; clusterview  what the events say; ids  names for what a run asks
worlds      containers, processes, simulator; workloads  the load; setup  what worlds need
run         drill by drill: open, drive, close, judge; drive  the loop; runfolder, journalfile  what it leaves
            steadiness, interrupts, provenance  what a run waits for, is stopped by, and says of its making
checkers    one measure a file; judge  plan and journal -> verdict; histories  those that others recorded
search      random schedules, reduced to drills; proving  defects × drills; cellfile  its cells as they come
cli         the command

Arrows: cli -> run -> conductor, worlds, checkers -> seams -> model.
"""
