"""What goes into a machine and what comes out, and what all say to each other. Frozen values.

grammar    events and effects
nouns      what messages carry; messages  all of them, one module a conversation:
balloting  proposer -> witness -> proposer
leasing    heartbeats, probes, votes, fences
promoting  a coordinator to those that it may promote
streaming  a standby and its primary; shipped  a cold standby's agent and the primary
calls      clients
operating  operators, and the state that a host tells
"""
