"""A primary: reigns in one epoch that a full ballot has named.

primary    all of it: who takes which event
tenure     its lease, and whether it serves; retaking  when it is refused as too old
clients    takes their writes, shows them what is acknowledged; waiting  what is not yet
replication  its streams to its standbys; counting  who counts, and how far an acknowledgement reaches
eligibility  the changes of `eligible` that it proposes
shipping   its care for cold standbys; lag  how far each standby is behind
switchover, handover  a planned switchover, and its steps
business   its own disk and canary; alarms  whom it calls
"""
