"""A witness: keeps the register, grants leases, detects, votes; may lead a failover.

witness    all of it: who takes which event
keeper     its share of the register; copying  without a store
watching   which reign it watches, and by what
accuser    its own vote, and when it may lead; votes  all that stand; turn  its place in line
endings    how its grant ends, and who hears of it
knocking   whether a standby that its primary misses answers here
reminder   tells a node that the register names it
desk       its answers and an operator's orders; switching  an order to the fence device
"""
