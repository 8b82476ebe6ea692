"""Do times of the last trials differ from those of the first? By exact intervals of their medians. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.checkers.quantiles import interval, nearest_rank
from harness.model.verdict import TrialMeasures

TIMES = ("detection", "outage", "rejoin")


class Median(Struct, frozen=True):
    """low_s and high_s hold it in at least 95 %; None where so few trials cannot say."""

    median_s: float
    low_s: float | None
    high_s: float | None


class Drift(Struct, frozen=True):
    name: str
    first: Median
    last: Median

    @property
    def said(self) -> str:
        if self.first.low_s is None or self.last.low_s is None:
            return "too few trials to say"
        assert self.first.high_s is not None and self.last.high_s is not None
        apart = self.first.high_s < self.last.low_s or self.last.high_s < self.first.low_s
        return "drift" if apart else "no drift"


def drift(name: str, trials: Sequence[TrialMeasures]) -> Drift:
    """name: of TIMES. A time that never came counts as infinite, one that does not apply not at all."""
    values = [_value(trial, name) for trial in trials if getattr(trial, name) is not None]
    quarter = max(len(values) // 4, 1)
    return Drift(name, _median(values[:quarter]), _median(values[-quarter:]))


def _value(trial: TrialMeasures, name: str) -> float:
    value: float | None = getattr(trial, name).value
    return float("inf") if value is None else value


def _median(values: Sequence[float]) -> Median:
    ranks = interval(len(values), 0.5)
    ordered = sorted(values)
    middle = nearest_rank(values, 0.5) if values else float("nan")
    if ranks is None:
        return Median(middle, None, None)
    return Median(middle, ordered[ranks[0] - 1], ordered[ranks[1] - 1])
