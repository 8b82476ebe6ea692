"""Does what is held grow from trial to trial? By the trend of its looks, once all is warm. Pure.

A leak is growth of which even the lower end of the interval is too much: of files or threads one in fifty
trials, of memory 100 kB in each, and a kilobyte more for every record where a log is kept in memory. Buffers
fill for some fifty trials, so only the second half of all trials counts. A restarted process that holds less
again, or one connection more at the moment of a look, is no leak.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tests.proof.footprint import Footprint
from tests.proof.looks import Seen
from tests.proof.trend import Trend, trend

Held = Literal["memory_mb", "files", "threads"]
HELD: tuple[Held, ...] = ("memory_mb", "files", "threads")
# A trial.
_TOO_MUCH: dict[Held, float] = {"memory_mb": 0.1, "files": 0.02, "threads": 0.02}
_RECORD_MB = 0.001


class Growth(Struct, frozen=True, kw_only=True):
    """Of one who holds, of one kind. a_trial: its growth since half-way; None: too few looks."""

    first: float
    last: float
    most: float
    a_trial: Trend | None
    leaks: bool


def growth(who: str, held: Held, looks: Sequence[Seen], *, records_a_trial: float = 0.0) -> Growth:
    """looks: one a trial. records: that it keeps."""
    there = [(look.trial, _of(look.holds[who], held)) for look in looks if who in look.holds]
    values, warm = [value for _, value in there], there[len(there) // 2 :]
    whole = trend([place for place, _ in warm], [value for _, value in warm])
    length = warm[-1][0] - warm[0][0] if whole else 1
    a_trial = Trend(*(part / length for part in (whole.change, whole.low, whole.high))) if whole else None
    too_much = _TOO_MUCH[held] + (_RECORD_MB * records_a_trial if held == "memory_mb" else 0.0)
    return Growth(
        first=values[0],
        last=values[-1],
        most=max(values),
        a_trial=a_trial,
        leaks=a_trial is not None and a_trial.low > too_much,
    )


def _of(footprint: Footprint, held: Held) -> float:
    value: float = getattr(footprint, held)
    return value
