"""Random schedules of faults in the simulator: found, counted, reduced to a drill that a person can read.

schedules  (seed, number) -> a drill: settings, load, faults
waves      its faults: what is weak, what makes the cluster fail over, what comes beside
sequels    faults that belong together, drawn as one; outages  those that take whole hosts away
steps      one fault, at a random time or at a moment of the protocol; sides  who is cut off from whom
playing    a plan, played to its end in memory
outcome    what a played schedule proves: sound, a violation, or nothing that counts. Pure
coverage   which fault hit whom in which phase, which edges of the state tables were taken. Pure
crew       many schedules on all cores, their results in order
results    the folder of a search: a line a schedule; it can be gone on with
reduction  one violating schedule -> its drill file, with slack
shrink     a violating drill -> a smaller one that violates the same. Pure
portable   a step that the simulator alone can play -> the same, or its kin, as any world plays it. Pure
story      what happened in it, for a person. Pure

Nothing is judged more kindly than in a run of a drill file: the same planner, conductor, world and checkers.
"""
