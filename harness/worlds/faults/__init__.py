"""Faults: what is wanted of links and hosts, done from beside the hub, each seen to bite.

injection   all of them                     containers, freezing  what injection needs of the world
meshlinks   links                           hostfaults  processes and hosts
resident    the harness's end of what runs beside the hub; answers: what it tells
streams     what got through, by the kernel's counters
"""
