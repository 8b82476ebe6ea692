"""Small scopes of the real machines, searched to their end: every interleaving within stated bounds.

search     breadth first over states that can be compared; the shortest way to what breaks an invariant
depth      depth first, of all orders those that make a difference
arrivals   what may reach a host before its next act, and so which orders those are
machines   machines as values: what one does with an event is worked out once (hosts), then looked up
scope      what bounds a search, and a cluster's state at one moment
moves      one step: an event at a host, and where the words go that it sends
channels   what is on its way, by number
cluster    all that can happen next, to nodes, witnesses, a fence device: crashes and drops within a budget
holds      what must hold
ballots    the register alone, with three witnesses
exploring  one scope, one search, and what it costs
scopes     the scopes that are searched, each with what it bounds and what it leaves out
"""
