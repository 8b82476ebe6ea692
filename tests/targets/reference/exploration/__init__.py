"""Small scopes of the real machines, searched to their end: every interleaving within stated bounds.

search    breadth first over states that can be compared; the shortest way to what breaks an invariant
locals    machines as values: what one does with an event is worked out once, and looked up from then on
cluster   nodes and witnesses with channels, disks and timers; crashes and drops within a budget
scopes    the scopes that are searched, each with what it bounds and what it leaves out
"""
