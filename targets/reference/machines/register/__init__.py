"""One compare-and-set register, kept by a majority of the witnesses.

caspaxos   the acceptor's state and the proposer's ballot
registrar  an operation to its end: a ballot that proves nothing is followed by another
"""
