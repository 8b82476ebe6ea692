"""The nouns, and nothing else of ours.

drill    what a person wrote
plan     fully resolved and seeded, nothing left to guess
fault    what can be done to links, processes and hosts
command  what the conductor asks of the world
event    what the world tells, stamped where it happened
journal  the append-only record of a run: events and the conductor's notes
verdict  findings that are pass, fail or unknown, each with its evidence
proof    defects × drills: what has to find what, and what did
errors   what can be wrong with a file, a world, a target, a journal

All nouns are frozen; a change is a new value. Times are seconds since the run's origin unless
a name says otherwise.
"""
