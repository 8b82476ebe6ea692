"""What it costs: `make bench`, or `python -m tests.bench [--json] [--quick] [SECTION …]`.

A section is a function from a Scale to rows, in a file of its own; it is added by one line in `sections`.
Times are CPU seconds of this process, the best of a few: other work on the machine does not count.
"""
