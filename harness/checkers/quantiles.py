"""What a number of trials can say about a quantile. Exact binomial, no assumption on the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import exp, lgamma, log

ALPHA = 0.05
TRIALS_MAX = 1_000_000


def cumulated(n: int, p: float) -> list[float]:
    """P(Bin(n, p) ≤ k) for k = 0..n. In logarithms: the plain product overflows from n = 1030 on."""
    if p <= 0.0 or p >= 1.0:
        return [1.0 if p <= 0.0 or k == n else 0.0 for k in range(n + 1)]
    whole, yes, no = lgamma(n + 1), log(p), log(1 - p)
    terms = (exp(whole - lgamma(k + 1) - lgamma(n - k + 1) + k * yes + (n - k) * no) for k in range(n + 1))
    return [min(part, 1.0) for part in accumulate(terms)]


def trials_needed(quantile: float, above: int = 0) -> int:
    """The smallest n with P(Bin(n, 1−q) ≤ r) ≤ 5 %: from there on the maximum bounds the quantile.

    p90 29, p95 59, p99 299. The maximum itself (q = 1) needs one. above: r, of how many trials may exceed
    what bounds it; p99 473, 628, 773 for 1, 2, 3: then the value with so many above it bounds the quantile.
    """
    if quantile >= 1.0:
        return 1
    n, exactly = 0, [1.0] + [0.0] * above  # P(Bin(n, 1−q) = 0 … r)
    while sum(exactly) > ALPHA and n < TRIALS_MAX:
        stays = [quantile * p for p in exactly]
        n, exactly = n + 1, [a + (1 - quantile) * b for a, b in zip(stays, [0.0, *exactly], strict=False)]
    return n


def nearest_rank(values: Sequence[float], quantile: float) -> float:
    """The smallest value with at least this share of all values at or below it; inf is a value."""
    ordered = sorted(values)
    # A product such as 0.9 × 30 must not be lifted over its whole number by rounding.
    rank = -int(-(quantile * len(ordered) - 1e-9) // 1)
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def interval(n: int, quantile: float) -> tuple[int, int] | None:
    """Ranks (from 1) whose values cover the quantile in at least 95 %: P(l ≤ Bin(n, q) ≤ u−1).

    Both tails hold at most 2.5 %. None when so few trials cannot bound it.
    """
    below = cumulated(n, quantile)
    low = max((k for k in range(1, n + 1) if below[k - 1] <= ALPHA / 2), default=0)
    high = min((k for k in range(1, n + 1) if 1 - below[k - 1] <= ALPHA / 2), default=0)
    return (low, high) if low and high else None
