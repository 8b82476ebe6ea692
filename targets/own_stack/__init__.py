"""A stack of the user's own, as its stack file says: an ordinary compose file, unchanged, as a target.

target   what it offers, how it is brought up; its clients come beside the compose file's services
setup    what a client program is told of the stack
seen     what the nodes say -> reigns, membership, phases, on change: pure
watch    the observer of a running stack
ordering a person's orders, as the stack file words them
nodes/   how a data node is asked for its role, and for everything that was written: one file a protocol
load/    a client's connection, one file a protocol; connector: what the load program dials
"""
