"""How often something rare may happen, from how often it was seen in the time that was watched.

Seen k times in T, at a constant rate λ: the one-sided 95 % upper limit has P(Poisson(λT) ≤ k) = 5 %
(Garwood 1936; exact). With k = 0 that is −ln 0.05 / T, the "rule of three": 3 / T.
"""

from __future__ import annotations

from math import exp, lgamma, log

from harness.checkers.quantiles import ALPHA

_STEPS = 200


def rate_limit(count: int, watched: float) -> float:
    """At most so often in each unit of the watched time, at 95 %. inf where nothing was watched."""
    return expected_limit(count) / watched if watched > 0 else float("inf")


def expected_limit(count: int) -> float:
    """The largest expectation that leaves 5 % for so few, to rounding."""
    low, high = float(count), 10.0 * (count + 1)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(count, middle) > ALPHA else (low, middle)
    return high


def _at_most(count: int, expected: float) -> float:
    """P(Poisson(expected) ≤ count). In logarithms: powers of large ones overflow."""
    if expected <= 0:
        return 1.0
    return sum(exp(k * log(expected) - expected - lgamma(k + 1)) for k in range(count + 1))
