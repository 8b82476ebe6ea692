"""Small scopes of the real machines, searched to their end: every interleaving within stated bounds.

search     breadth first over states that can be compared; the shortest way to what breaks an invariant
machines   machines as values: what one does with an event is worked out once (hosts), then looked up
scope      what bounds a search, and a cluster's state at one moment
moves      one step: an event at a host, and where the words go that it sends
cluster    all that can happen next, to nodes, witnesses, a fence device: crashes and drops within a budget
holds      what must hold
reduction  of all that can happen next, what is enough
ballots    the register alone, with three witnesses
scopes     the scopes that are searched, each with what it bounds and what it leaves out
"""
