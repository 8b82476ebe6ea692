"""Runs the machines on a real host: sockets, disk, clocks, processes. Decides nothing of the protocol.

surroundings  who this host is, from its environment
limits        its limits in seconds
loop          one machine: events in, effects carried out in order
wire          frames; links  connections to the peers
store         the log on disk; writer  group commit; smallfile  a durable small file
telling       effects for watchers -> events
entry         port 7100: observers follow and ask
health        port 8008: GET /primary, GET /metrics
router        HAProxy's runtime API, and the canary through it
child         the agent's one child process
fence         a witness's way to the fence device; fence_node  the device; redfish, http  what they say
data_node     agent and data node; witness_node  a witness
"""
