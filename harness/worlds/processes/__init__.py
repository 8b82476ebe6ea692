"""Drills of a stack whose hosts are processes of this machine, each on loopback addresses of its own.

addresses  a block of 127/8 that is this run's alone, as long as any of its processes lives
places     who finds whom where                 hosts     the hosts' processes, started, ended and frozen
gear       Toxiproxy and what runs beside it    groups    what belongs to a host, by its process group
deaths     processes that end unasked           lifetime  from before the first process until after the last
spawner    starts processes, each with the run's marks
reaper     outlives the harness                 clean     what ended runs left
world      all of it together: the three verbs
"""
