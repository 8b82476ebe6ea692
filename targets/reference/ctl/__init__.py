"""The operator's tool of the reference stack: what is, and what a person wants to be otherwise.

asking     one question to one host over a socket, or to all of them at once
view       the answers -> what is known of the cluster, and how surely: pure
risk       what a promotion by hand may lose: pure
shown      the view for people: pure
acts       switchover, promotion, rejoin, fence, maintenance
arguments  what can be written
command    one command from its words to its exit code
text       the help; outside  for who is not in the stack

It runs inside a container of the stack (`ctl`), where it sees what that host can reach, and from outside
(`failover-drill ctl`) over links that no fault touches. Standard library and msgspec alone.
"""
