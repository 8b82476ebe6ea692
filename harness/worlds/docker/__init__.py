"""Drills in containers: a compose file woven into a mesh, faults injected from beside the hub.

weaving     a person's compose file -> a woven one
stack       what a run has in the engine, and its end
faults      links, processes and hosts
meanwhile   what happens beside a running drill
inside      the program beside the hub: gate and injector; runs in a container, knows nothing of the rest
world       all of it together: the three verbs
clean       what ended runs left
"""
