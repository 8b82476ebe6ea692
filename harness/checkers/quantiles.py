"""What a number of trials can say about a quantile. Exact binomial, no assumption on the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

ALPHA = 0.05
TRIALS_MAX = 1_000_000


def at_most(r: int, *, n: int, p: float) -> float:
    """P(Bin(n, p) ≤ r)."""
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(r + 1))


def trials_needed(quantile: float) -> int:
    """The smallest n with P(Bin(n, 1−q) ≤ 0) ≤ 5 %: from there on the maximum bounds the quantile.

    p90 29, p95 59, p99 299. The maximum itself (q = 1) needs one.
    """
    if quantile >= 1.0:
        return 1
    n, unseen = 1, quantile
    while unseen > ALPHA and n < TRIALS_MAX:
        n, unseen = n + 1, unseen * quantile
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
    low = max((k for k in range(1, n + 1) if at_most(k - 1, n=n, p=quantile) <= ALPHA / 2), default=0)
    high = min((k for k in range(1, n + 1) if 1 - at_most(k - 1, n=n, p=quantile) <= ALPHA / 2), default=0)
    return (low, high) if low and high else None
