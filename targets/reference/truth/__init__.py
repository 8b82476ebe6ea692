"""The invariants of the protocol, checked after every event by one who sees everything. Pure; moves nothing.

model      Truth: what machines did comes in here, from whatever runs them
leases     one server, one grant a witness, no lease beyond its grants, no failover on too few votes
fences     nobody is switched off in haste; what a device that lies has done is not the controller's doing
register   what is chosen: epochs grow, who takes over was eligible, and the old lease is over
lags       who takes over in async mode is near enough
records    what is acknowledged is kept, shown whole, and named once
edges      which edges of the machines' state tables a run has taken
findings   the invariants by name, and what broke them

It looks into machines, disks and the witnesses' stores, which no part of a cluster can. So it exists where
all of them run in one process: in the simulator, and in the tests' cluster.
"""
