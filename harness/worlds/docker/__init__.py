"""Drills in containers: a compose file woven into a mesh, faults injected from beside the hub.

weaving     a person's compose file -> a woven one
stack       what a run has in the engine, and its end
world       all of it together: the three verbs
running     stacks that run now             keeper      stands at the switches of one that stays
clean       what ended runs left
"""
