"""Faults: what is wanted of links and hosts, done from beside the hub, each seen to bite.

injection   all of them                     containers, freezing  what injection needs of the world
acts        what is done for each           standing    what is in force, one change at a time
proof       seen to bite beside others      lapses      ended by somebody else
meshlinks   links                           hostfaults  processes and hosts
resident    the harness's end of what runs beside the hub; answers: what it tells
streams     what got through, by the kernel's counters
"""
