"""Where drills run. Each world offers the three verbs of harness.seams.World; none knows a target.

docker     containers, woven into a mesh of Toxiproxy links
processes  processes of this machine, with the same links
simulator  virtual time: a target's own programs on simulated hosts, the same for the same seed

What worlds with a mesh share:

links      the mesh as addresses; the only owner of Toxiproxy
faults     links, processes and hosts, each fault seen to bite
inside     the program beside the hub: gate and injector
meanwhile  what happens beside a running drill
meshworld  all of it together: the three verbs
owned      what a run has on this machine, and its end
"""
