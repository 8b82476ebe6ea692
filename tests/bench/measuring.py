"""How a section measures, and what it hands back."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

_PIPE_WIDTH = 130


class Scale(Struct, frozen=True, kw_only=True):
    """How big to measure. sizes: operations; repeats: of which the best counts."""

    sizes: tuple[int, ...] = (100_000, 1_000_000)
    repeats: int = 2


QUICK = Scale(sizes=(20_000,), repeats=1)


class Row(Struct, frozen=True, kw_only=True):
    """count things took seconds; ratio: how many times the seconds of what `ratio_to` names."""

    section: str
    what: str
    count: int
    unit: str
    seconds: float
    ratio: float | None = None
    ratio_to: str = ""
    note: str = ""

    @property
    def per_s(self) -> float:
        return self.count / self.seconds if self.seconds > 0 else float("inf")


def timed(work: Callable[[], T], *, repeats: int = 1) -> tuple[float, T]:
    """(CPU seconds of the best of several, its result)."""
    best, result = _once(work)
    for _ in range(repeats - 1):
        seconds, _result = _once(work)
        best = min(best, seconds)
    return best, result


def console_width() -> int | None:
    """Of a table; None: the terminal's own. A pipe has none, and would break every heading."""
    return None if sys.stdout.isatty() else _PIPE_WIDTH


def _once(work: Callable[[], T]) -> tuple[float, T]:
    gc.collect()
    begun = time.process_time()
    result = work()
    return time.process_time() - begun, result
