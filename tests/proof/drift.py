"""Do measured times drift from trial to trial? Pure; ignores trials whose own times do not count.

A drift is a change, from the first trial to the last, that lies with its whole interval beyond what matters:
a third of the median, or the error that the figures have themselves where that is more. None is one that lies
within. All else is not known; so is a drift that the pressure on the machine's processors went along with,
since whatever else ran there may have caused it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from statistics import median
from typing import Literal

from msgspec import Struct

from harness.model.verdict import Figure, TrialMeasures
from tests.proof.trend import AT_LEAST, Trend, trend

TIMES = ("detection", "outage", "rejoin")
MATTERS = 1 / 3

Said = Literal["no drift", "drift", "not known"]


class Drift(Struct, frozen=True, kw_only=True):
    """trials: how many count. matters_s: less than that is no drift. change: in seconds; None: too few."""

    name: str
    trials: int
    median_s: float
    matters_s: float
    change: Trend | None
    said: Said
    why: str


def drift(
    name: str, trials: Sequence[TrialMeasures], pressure: Mapping[int, float], *, grows_s: float = 0.0
) -> Drift:
    """name: of TIMES. pressure: of trials, the share of its time in which something waited for a processor.

    grows_s: by how much it may grow, since the data does. A time that never came counts as infinite, one that
    does not apply not at all.
    """
    counted = [(trial.trial, figure) for trial in trials for figure in figures(trial, name)]
    values = [inf if figure.value is None else figure.value for _, figure in counted]
    middle = median(values) if values else inf
    matters_s = grows_s + max(MATTERS * middle, _error_s([figure for _, figure in counted]))
    change = trend([number for number, _ in counted], values)
    said, why = _said(change, matters_s, _pressed([number for number, _ in counted], pressure))
    return Drift(
        name=name,
        trials=len(counted),
        median_s=middle,
        matters_s=matters_s,
        change=change,
        said=said,
        why=why,
    )


def figures(trial: TrialMeasures, name: str) -> list[Figure]:
    """One, or none that counts."""
    figure: Figure | None = getattr(trial, name)
    return [] if figure is None or trial.void else [figure]


def _error_s(figures: Sequence[Figure]) -> float:
    """What a figure may be wrong by, in the middle of all."""
    errors = [(f.high - f.low) / 2 for f in figures if f.high is not None and f.low is not None]
    return median(errors) if errors else 0.0


def _pressed(numbers: Sequence[int], pressure: Mapping[int, float]) -> Trend | None:
    seen = [number for number in numbers if number in pressure]
    return trend(seen, [pressure[number] for number in seen])


def _said(change: Trend | None, matters: float, pressed: Trend | None) -> tuple[Said, str]:
    if change is None:
        return "not known", f"fewer than {AT_LEAST} trials count"
    if -matters < change.low and change.high < matters:
        return "no drift", ""
    if not (change.low > matters or change.high < -matters):
        return "not known", "its interval holds both"
    if pressed and ((change.low > 0 and pressed.low > 0) or (change.high < 0 and pressed.high < 0)):
        return "not known", "the pressure on the machine's processors went along with it"
    return "drift", ""
