"""A journal -> what was measured -> what it is worth. Pure; each measure in a file, with its formula.

history     a journal sorted: reigns, and each trial with its acts
            acts, clocks, deadlines, attribution, stranded  what that needs to know
measure     one trial -> what it measured (measured), by
            detection, phases, outage (interruptions), rejoin         times
            durability, splitbrain, stalereads, linearizability, invariants  safety
            failovers, faults, noise                                  whether it can be believed
bounds      one expectation against the trials: times, safety, shown; wording, figures  how that reads
quantiles, rates  what a number of trials can say; intervals  sets of time
linear      is there an order of all operations that a single copy could have answered them in?
"""
