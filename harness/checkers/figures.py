"""Figures and how they read. Seconds.

A value of None is censored: it had not come when nobody looked any more, `low` after the fault. Where a
person's own deadline for it had passed by then, low is None too: it counts as +∞. A high of None is a value
that may yet have been longer.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.model.verdict import Figure


def since(event_s: float, *, before_s: float, after_s: float, low_s: float | None = None) -> Figure:
    """event − act, where the act lies in [before, after]; low_s: the event may have come as early as that."""
    early_s = event_s if low_s is None else min(low_s, event_s)
    return Figure(
        value=max(event_s - (before_s + after_s) / 2, 0.0),
        low=max(early_s - after_s, 0.0),
        high=max(event_s - before_s, 0.0),
    )


NEVER = Figure(value=None, low=None, high=None)


def censored(waited_s: float) -> Figure:
    """It had not come after this long."""
    return Figure(value=None, low=max(waited_s, 0.0), high=None)


def longest(figures: Sequence[Figure]) -> Figure:
    """Of the longest of several: its ends are the longest of their ends. 0 of none."""
    if NEVER in figures:
        return NEVER
    values, lows, highs = ([getattr(f, end) for f in figures] for end in ("value", "low", "high"))
    return Figure(value=_longest(values), low=_longest(lows), high=_longest(highs))


def _longest(ends: Sequence[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return max(known, default=0.0) if len(known) == len(ends) else None


def seconds(value: float | None) -> str:
    """For a person: `183 ms`, `1.24 s`, `never`."""
    if value is None or value == float("inf"):
        return "never"
    return f"{value * 1000:.4g} ms" if abs(value) < 1 else f"{value:.3f} s"


def at(value: float) -> str:
    """A moment of the run."""
    return f"{value:.3f} s"


def few(texts: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    rest = len(texts) - most
    return (*texts[:most], f"and {rest} more") if rest > 0 else tuple(texts)
