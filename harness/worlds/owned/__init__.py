"""What a run has on this machine is its own, and ends with it.

owner      who a run belongs to: a process    processes  whose a pid is; the end of what carries a run's mark
reaping    a process that outlives the harness, from the harness's end
waiting    and from its own: until the harness is dead
"""
