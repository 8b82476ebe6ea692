"""The protocol as pure machines: `handle(now_s, event) -> effects`. No clock, no socket, no randomness.

grammar    what goes into a machine and what comes out
messages   what machines and clients say to each other
register   one compare-and-set register by CASPaxos: acceptor's state and proposer's ballot
lease      the holder's and the granter's side of a lease
witness    register, leases, detection, votes; holds no user data
coordinator  the failover's steps; lives in a witness
node       a data node: starting, standby, primary
replication  a primary's view of its standbys, and what counts as acknowledged
"""
