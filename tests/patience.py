"""What hangs is ended in the middle of it, and told."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# A thousand times what anything here takes, so that it never depends on a machine's load.
_LONGEST_S = 60.0


@contextmanager
def patience(longest_s: float = _LONGEST_S) -> Iterator[None]:
    """Raises TimeoutError within what takes longer. In the main thread alone."""

    def over(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"it hung: {longest_s:g} s were not enough")

    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, longest_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
