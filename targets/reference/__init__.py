"""The bundled failover controller: pure machines, a driver that runs them, and its side as a target.

simulated: the same machines on a kernel of virtual time.
"""
