"""What people and machines read. Pure functions of (plan file, entries, verdict); no clock, no files.

look      signs and numbers: what stays readable without UTF-8, how a duration is written
terminal  the report of a run: verdict, measures, timeline, evidence, provenance
measures  the tables of measured times and of safety
timeline  the phases of one trial along a time axis, drawn in text
live      what is going on, while it runs on a terminal
lines     the same without a terminal: one line a trial and step
plain     tables for plan, doctor, targets and faults
defects   what was broken on purpose, and which drill found it
machine   JSON
"""
