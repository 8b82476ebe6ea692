"""While a drill runs: commands carried out beside it, and what happens unasked.

desk        commands, one fault at a time   inbox       what happened, in order
wakes       the conductor's clock           noise       the harness's own stalls
explained   which deaths a fault explains   power       those that a power switch explains
"""
