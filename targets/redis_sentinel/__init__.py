"""Redis with Sentinel, unmodified, as the distribution has it: its side as a target.

names        hosts and ports
settings     a person's block of settings, and what follows from it
target       what it offers and promises, how it is brought up
replication  what a Redis says of itself: pure
sayings      what a Sentinel says, when asked and by itself: pure
reigns       who reigned when, in epochs: pure
nodeseen     what a node's words mean to a run: pure
watch        the observer of a running stack
connector    what the load program dials: a node, or whom the Sentinels name
client       a client's connection to a Redis (redis-py)
discovery    the Sentinels, asked by clients
"""
