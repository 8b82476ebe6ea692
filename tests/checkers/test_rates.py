"""The upper limit of a rate, against another implementation and by simulation."""

from __future__ import annotations

from random import Random

import pytest
from scipy import stats

from harness.checkers.rates import expected_limit, rate_limit


@pytest.mark.parametrize("count", [0, 1, 2, 5, 17, 100, 1000])
def test_the_limit_is_that_of_the_chi_squared_distribution(count: int) -> None:
    assert expected_limit(count) == pytest.approx(stats.chi2.ppf(0.95, 2 * count + 2) / 2, rel=1e-9)


def test_none_in_so_many_hours_leaves_three_in_that_time() -> None:
    assert rate_limit(0, 2.0) == pytest.approx(3 / 2.0, rel=0.002)


def test_where_nothing_was_watched_anything_may_be() -> None:
    assert rate_limit(0, 0.0) == float("inf")


@pytest.mark.parametrize("rate", [0.5, 3.0, 12.0])
def test_the_true_rate_is_above_the_limit_one_time_in_twenty_at_most(rate: float) -> None:
    draw = Random(f"{rate}")
    above = sum(rate_limit(_seen(draw, rate), 1.0) < rate for _ in range(4000))
    assert above / 4000 <= 0.05 + 3 * (0.05 * 0.95 / 4000) ** 0.5


def _seen(draw: Random, rate: float) -> int:
    """How many of a Poisson process in one unit of time."""
    count, at = 0, draw.expovariate(rate)
    while at < 1.0:
        count, at = count + 1, at + draw.expovariate(rate)
    return count
