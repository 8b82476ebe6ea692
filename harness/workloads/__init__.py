"""Load on a system under drill, and the numbered lines by which events leave a host. Knows no target.

lines     the lines and the ring of numbered events: pure
served    the host's end of a line connection (asyncio)
follow    the world's end: a thread that follows a host and never misses an event
wire      the load program's conversation, and the client that worlds use
openloop  which operation is due when: pure
limits    the load's rules in numbers
connector  what a target's client offers
lane      one writer or reader (asyncio)
program   the load program itself
"""
