"""The reference stack in virtual time: its real machines, with what surrounds them written anew on a kernel.

runner   one machine: events in, effects out in order
links    connections to the peers
log      a data node's log on a simulated disk: group commit
node     the data node's process; agent its parent; witness a witness
router   HAProxy, as far as it matters here
moves    what the data node asks of the router, and its canary
refusing  hosts whose store is damaged
client   clients' connections; discovery  those that ask the witnesses for the primary
fence    the fence device, and a witness's way to it
watch    the observer
stack    all of it, as harness.seams.Simulated

Each mirrors the module of targets.reference.driver that does the same over sockets, and keeps its limits.
"""
