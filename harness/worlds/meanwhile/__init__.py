"""While a drill runs: commands carried out beside it, and what happens unasked.

desk        commands                        inbox       what happened, in order
lanes       which of them wait for which
wakes       the conductor's clock           noise       the harness's own stalls
explained   which deaths a fault explains   power       those that a power switch explains
"""
