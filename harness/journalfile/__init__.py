"""The journal as a file: sealed JSON lines between a header and, after the end, a footer. Judges nothing.

lines     header, entries, footer, each with its seal: its number and a sum over it
writing   a run's entries, as they come
reading   the way back: whole at a glance, or else as much as can be trusted
salvage   which lines of a damaged journal can be
older     version 1, without seals

A journal is what is left of a run, so reading forgives: what was altered is left out, what is out of place is
put back, and both are named as damage; what the rest still proves is proven. Writing does not forgive: a
journal that cannot be written ends the run.
"""

from harness.journalfile.reading import Journal, no_collection, read
from harness.journalfile.writing import Writer

__all__ = ["Journal", "Writer", "no_collection", "read"]
