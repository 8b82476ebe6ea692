"""Drills in virtual time: no engine, no clock; the same seed gives the same journal, byte for byte.

timeline  virtual time: one heap of plain tuples
process   a process and its host: what a target's programs run on
network   connections between hosts, and what cuts and delays do to them
faults    faults in force -> processes and links
load      the open loop of a client host, by the rules of the load program
world     the three verbs

Not simulated: CPU, memory and bandwidth. A message takes its way's delay however long it is, and a program
takes no time to think.
"""
