"""What a host counts, in the Prometheus text form. Pure: no socket, no clock of its own.

exposition  families and their samples as text; a histogram
meter       counters, from the events and effects of a host's machine
families    a host's state and its counters -> families
"""
