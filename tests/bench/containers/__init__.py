"""The stack in containers, measured: `make bench-containers`, or `python -m tests.bench.containers`.

closedloop   the load, run inside a container: of the stack, or of bare SQLite on a data node's own volume
stack        a stack that is up, looked at and looked into; everything is removed at its end
writes       throughput and latency of 1 to 64 closed-loop writers, beside bare SQLite
heartbeats   CPU of each process of a stack without load, by the interval of its heartbeats
starved      the same stack on a tenth of a CPU for each host: failovers for no reason, counted
figures      samples -> what a table shows. Pure.

Times are of this machine and of what else it does: run it while it is quiet.
"""
