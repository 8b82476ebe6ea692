"""A run's stack in the engine, from before its first container until after its last.

bringup     the mesh first, then services   composing   `docker compose up`
lifetime    what is there, and its end      removal     by label, until nothing is left
reaper      outlives the harness            reaping     the harness's end of it
deaths      containers that die unasked
engine, diagnosis, processes, hostcontainers    what the engine and the kernel say
"""
