"""A run's stack in the engine, from before its first container until after its last.

bringup     the mesh first, then services   composing   `docker compose up`
lifetime    what is there, and its end      removal     by label, until nothing is left
reaper      outlives the harness            deaths      containers that die unasked
freezing    all processes of a host stand still         orphans     what an engine that was killed forgot
engine, diagnosis, hostcontainers           what the engine says
"""
