"""Was the harness itself awake while it measured? Ignores stalls outside of what was timed.

A stall is a span in which the harness or a client was not scheduled: stamps from it are late. One that
is longer than the plan's limit and overlaps the window from the fault to the last thing that was timed
makes that trial's times unknown. It never touches a safety finding: late stamps only widen intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.checkers.figures import at, seconds
from harness.model.event import Stalled


def check(stalls: Sequence[Stalled], *, from_s: float, to_s: float, limit_s: float) -> str:
    """Why the times of this window do not count; empty when they do."""
    bad = [s for s in stalls if s.to_s - s.from_s > limit_s and s.to_s >= from_s and s.from_s <= to_s]
    if not bad:
        return ""
    worst = max(bad, key=lambda stall: stall.to_s - stall.from_s)
    return (
        f"{worst.who} was not scheduled for {seconds(worst.to_s - worst.from_s)} at {at(worst.from_s)} "
        f"(limit {seconds(limit_s)})"
    )
