"""A data node: starting, standby or primary.

node       the parent of the roles: who takes which event
own, log   what every role shares
standby    follows the primary that a full ballot has named
primary    holds a lease, takes writes, answers reads
nodestatus what it says of itself
"""
