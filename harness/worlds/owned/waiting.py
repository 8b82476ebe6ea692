"""A reaper's wait. The standard library alone, since every start of a stack waits for it.

It answers `ready` on standard output, then waits at standard input: a line there means that the harness has
removed everything itself. The end of the input without that line is the harness's death, by whatever means.
"""

from __future__ import annotations

import sys

LEAVE = b"leave\n"
READY = b"ready\n"


def harness_died() -> bool:
    """Once it is told, or sees. False: nothing is left to be removed."""
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    return sys.stdin.buffer.readline() != LEAVE
