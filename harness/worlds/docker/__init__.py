"""Drills in containers: a compose file woven into a mesh, faults injected from beside the hub.

Pure, from a person's file to a woven one:
mesh        addresses and proxies           blocks      where in the range a run may lie
dialect     looks into a compose file       admission   what of it may come along
hostsfile   who is called what              meshparts   sandboxes, hub, resident
weave       all of it together              ownership   labels: whose a thing is

A run, from before its first container until after its last:
world       the three verbs                 desk        commands carried out beside the run
bringup     the mesh first, then services   lifetime    what is in the engine, and its end
composing   `docker compose up`             removal     by label, until nothing is left
reaper      outlives the harness            clean       what ended runs left
deaths, noise, inbox, wakes, explained      what happens meanwhile

Faults:
injection   all of them, each seen to bite  resident    the harness's end of what runs inside
inside      the program beside the hub      containers  what injection needs of the engine
"""
