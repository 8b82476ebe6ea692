"""The protocol as pure machines: `handle(now_s, event) -> effects`. No clock, no socket, no randomness.

grammar    what goes into a machine and what comes out
nouns      what messages carry; messages  what machines and clients say to each other: balloting, leasing,
           promoting, streaming, calls
operating  what operators ask, and the state that a host tells
register   one compare-and-set register by CASPaxos: acceptor's state and proposer's ballot
registrar  register operations to their end
lease      the holder's and the granter's side of a lease
silence, accrual  when a silence is too long: after fixed misses, or by φ
probing    asks one node each interval whether it reigns
detector   a witness's: is the primary ill, and at which layer?
lookout    a standby's view of its primary
business   a primary's view of its own disk, and its canary
votes      standing votes against a reign
accuser    a witness's own vote, and when it may lead
turn       when a witness may lead
witness    register, leases, detection, votes; holds no user data
keeper     its share of the register; copying  without a store
watching   which reign it watches, and by what
endings    how its grant ends, and who hears of it
switching  an operator's order to the fence device
desk       a witness's answers and an operator's orders to it; nodestatus  a data node's answers
coordinator  a failover's steps; lives in a witness
attempt    what a failover is about; fencing  its fence step; sealing  whom it takes
node       a data node: starting, standby or primary
primary, standby  its roles; switchover, handover  a planned switchover, and its steps
tenure     a primary's lease, and whether it serves; clients  what it takes and shows; alarms  whom it calls
replication  a primary's view of its standbys, and what counts as acknowledged
waiting    writes that are not acknowledged yet
own, log   what every role shares
agent      the parent of the data node's process
acts       what a machine takes in and puts out, by its kind; tables  the state tables of all of them
"""
