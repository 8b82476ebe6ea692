"""The protocol as pure machines: `handle(now_s, event) -> effects`. No clock, no socket, no randomness.

words      what goes in and comes out, and what machines, clients and operators say to each other
register   one compare-and-set register by CASPaxos, and operations on it to their end
lease      the holder's and the granter's side of a lease
detection  when a silence is too long, and at which layer a node is ill
failover   its steps, led by whichever witness comes first
witness    register, leases, detection, votes; holds no user data
data_node  starting, standby or primary
agent      the parent of the data node's process; keeping  what it does for a cold standby at rest
acts       what a machine takes in and puts out, by its kind; tables  the state tables of all of them

Arrows: witness -> failover, detection -> register, lease -> words; data_node -> the last four.
"""
