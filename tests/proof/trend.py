"""Does a series rise or fall? Theil and Sen's slope with an interval that a busy hour does not narrow. Pure.

The slope is the median of the slopes between all pairs (Theil 1950, Sen 1968), so that single outliers, and
values that never came (infinite), move it little. Its interval is that of Mann and Kendall's S (Sen 1968),
whose variance assumes that the values are independent. Those of neighbouring trials are not where the machine
was busy for a while, so it is widened by the autocorrelation of their ranks (Hamed and Rao 1998).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import isinf, sqrt
from statistics import NormalDist, median

from msgspec import Struct

CONFIDENCE = 0.99
AT_LEAST = 20
_CORRELATED_ABOVE = NormalDist().inv_cdf(0.95)


class Trend(Struct, frozen=True):
    """From the first of a series to its last. The truth lies from low to high in CONFIDENCE of all series."""

    change: float
    low: float
    high: float


def trend(places: Sequence[float], values: Sequence[float]) -> Trend | None:
    """places: where each value stands, ascending. None where there are too few to say."""
    if len(values) < AT_LEAST:
        return None
    pairs = [*combinations(zip(places, values, strict=True), 2)]
    slopes = sorted(_rise(before, after) / (at - since) for (since, before), (at, after) in pairs)
    middle, whole = median(slopes), places[-1] - places[0]
    reach = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * sqrt(
        _variance(values) * _widened(places, values, middle)
    )
    low = max(int((len(slopes) - reach) / 2), 0)
    high = min(int((len(slopes) + reach) / 2) + 1, len(slopes) - 1)
    return Trend(middle * whole, slopes[low] * whole, slopes[high] * whole)


def _rise(before: float, after: float) -> float:
    """What never came twice has not changed."""
    return 0.0 if before == after else after - before


def _variance(values: Sequence[float]) -> float:
    """Of S, with ties."""
    n = len(values)
    tied = (values.count(value) for value in {*values})
    return (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in tied)) / 18


def _widened(places: Sequence[float], values: Sequence[float], slope: float) -> float:
    """By how much: 1 for values that are independent, or that alternate."""
    n, steady = len(values), 0.0 if isinf(slope) else slope
    ranks = _ranks([value - steady * place for place, value in zip(places, values, strict=True)])
    found = ((lag, _correlation(ranks, lag)) for lag in range(1, n - 2))
    weighed = (
        (n - lag) * (n - lag - 1) * (n - lag - 2) * r for lag, r in found if r > _CORRELATED_ABOVE / sqrt(n)
    )
    return 1 + 2 * sum(weighed) / (n * (n - 1) * (n - 2))


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1; those that are equal share theirs. About their middle."""
    ordered = sorted(values)
    first = {value: place for place, value in reversed([*enumerate(ordered)])}
    return [first[v] + (values.count(v) - 1) / 2 - (len(values) - 1) / 2 for v in values]


def _correlation(centred: Sequence[float], lag: int) -> float:
    total = sum(rank * rank for rank in centred)
    together = sum(a * b for a, b in zip(centred, centred[lag:], strict=False))
    return together / total if total else 0.0
