"""Drills in virtual time: no engine, no clock; the same seed gives the same journal, byte for byte.

timeline  virtual time: one heap of plain tuples
network   connections between hosts; ways: what cuts, delays and losses do to them
disk      what is durable when, and what is left of it; clock: of a rate of its own; alarm: on a clock
process   a process and its host: what a target's programs run on
faults    faults in force, by their kind: strikes at processes, linkfaults, gear (disks and clocks)
load      the open loop of a client host, by the rules of the load program
world     the three verbs

Not simulated: CPU, memory and bandwidth. A message takes its way's delay however long it is, and a program
takes no time to think.
"""
