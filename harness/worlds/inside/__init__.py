"""What runs beside the hub, in a container: a gate for observers and an injector, behind one port.

The standard library is all it has:

    python3 -m inside.resident --port 7400

It needs, from its container: the hub's network namespace (`network_mode: service:hub`), the machine's
processes (`pid: host`), and the capabilities NET_ADMIN (addresses, packet filter), KILL (signals), SYS_PTRACE
(which namespace a process is in) and SYS_ADMIN (to probe from a host's namespace). From its environment:

    FAILOVER_DRILL_TOKEN   the run's; a connection that does not begin with it is closed without a word
    FAILOVER_DRILL_RAIL    JSON: [{"address": "198.18.5.2", "port": 7401, "token": …}], where a fence device
                           finds the power switches, and what it shows there; none without a device
    FAILOVER_DRILL_HUB_PID the hub's process, where it shares its namespace with others; else none
    FAILOVER_DRILL_MESH    JSON: [{"beside": "198.18.1.2", "add": ["198.18.1.101", …]}, …], what
                           the hub gets on each of its networks; the port opens once it is there
"""
