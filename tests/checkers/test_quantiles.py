"""What a number of trials can say, against the binomial definition in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import comb, isnan, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.checkers.quantiles import cumulated, interval, nearest_rank, trials_needed

ALPHA = Fraction(5, 100)
PROBABILITIES = st.fractions(0, 1, max_denominator=100)


def at_most(k: int, n: int, p: Fraction) -> Fraction:
    """P(Bin(n, p) ≤ k), by the definition."""
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)), Fraction(0))


@given(n=st.integers(1, 60), p=PROBABILITIES)
def test_the_cumulated_binomial_is_that_of_the_definition(n: int, p: Fraction) -> None:
    assert cumulated(n, float(p)) == pytest.approx([float(at_most(k, n, p)) for k in range(n + 1)], abs=1e-9)


def test_thousands_of_trials_overflow_nothing() -> None:
    assert cumulated(5000, 0.5)[2499] == pytest.approx(0.5, abs=0.01)
    assert interval(5000, 0.99) is not None


@pytest.mark.parametrize(("quantile", "trials"), [(0.99, 299), (0.95, 59), (0.9, 29), (1.0, 1)])
def test_the_maximum_bounds_a_quantile_from_this_many_trials_on(quantile: float, trials: int) -> None:
    assert trials_needed(quantile) == trials


@given(q=st.fractions(Fraction(1, 10), Fraction(98, 100), max_denominator=100))
def test_the_trials_needed_are_the_fewest_that_leave_one_chance_in_twenty(q: Fraction) -> None:
    """The smallest n with P(Bin(n, 1−q) ≤ 0) ≤ 5 %."""
    needed = trials_needed(float(q))
    assert at_most(0, needed, 1 - q) <= ALPHA
    assert needed == 1 or at_most(0, needed - 1, 1 - q) > ALPHA


@pytest.mark.parametrize(("n", "ranks"), [(6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (30, (10, 21))])
def test_these_ranks_cover_the_median(n: int, ranks: tuple[int, int]) -> None:
    assert interval(n, 0.5) == ranks


def test_five_trials_cannot_bound_the_median() -> None:
    assert interval(5, 0.5) is None


@given(n=st.integers(1, 40), q=st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20))
def test_an_interval_covers_its_quantile_and_none_narrower_does(n: int, q: Fraction) -> None:
    ranks = interval(n, float(q))
    lows = [k for k in range(1, n + 1) if at_most(k - 1, n, q) <= ALPHA / 2]
    highs = [k for k in range(1, n + 1) if 1 - at_most(k - 1, n, q) <= ALPHA / 2]
    assert ranks == ((max(lows), min(highs)) if lows and highs else None)
    if ranks:
        low, high = ranks
        assert at_most(high - 1, n, q) - at_most(low - 1, n, q) >= 1 - ALPHA


@given(values=st.lists(st.integers(0, 9), min_size=1), percent=st.integers(1, 100))
def test_the_nearest_rank_is_the_smallest_value_with_its_share_at_or_below(
    values: list[int], percent: int
) -> None:
    enough = [v for v in values if sum(w <= v for w in values) * 100 >= percent * len(values)]
    assert nearest_rank(values, percent / 100) == min(enough)


@pytest.mark.parametrize(
    ("n", "quantile", "rank"), [(30, 0.9, 27), (100, 0.07, 7), (100, 0.29, 29), (3, 0.5, 2)]
)
def test_rounding_lifts_no_rank_over_its_whole_number(n: int, quantile: float, rank: int) -> None:
    assert nearest_rank(range(1, n + 1), quantile) == rank


def test_what_never_came_is_a_value_like_others() -> None:
    assert nearest_rank([1.0, float("inf"), 2.0], 0.5) == 2.0
    assert nearest_rank([1.0, float("inf"), 2.0], 0.9) == float("inf")


# --- against another implementation, and by simulation ------------------------------------------------


@pytest.mark.parametrize(("above", "trials"), [(0, 299), (1, 473), (2, 628), (3, 773)])
def test_p99_is_bounded_by_the_value_that_so_many_exceed_from_this_many_trials_on(
    above: int, trials: int
) -> None:
    assert trials_needed(0.99, above) == trials
    assert stats.binom.cdf(above, trials, 0.01) <= 0.05 < stats.binom.cdf(above, trials - 1, 0.01)


@pytest.mark.parametrize("n", [1, 7, 30, 299, 2000])
@pytest.mark.parametrize("p", [0.01, 0.5, 0.9, 0.99])
def test_the_cumulated_binomial_is_that_of_scipy(n: int, p: float) -> None:
    assert cumulated(n, p) == pytest.approx(stats.binom.cdf(range(n + 1), n, p), abs=1e-9)


@pytest.mark.parametrize("n", [6, 10, 20, 30, 59, 299, 500])
@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.95])
def test_an_interval_is_that_of_scipy_s_quantile_test(n: int, quantile: float) -> None:
    """Of the values 1 … n the ends are the ranks themselves; nan is "not to be had"."""
    found = stats.quantile_test(range(1, n + 1), q=0, p=quantile).confidence_interval(0.95)
    theirs = (float(found.low), float(found.high))
    ours = interval(n, quantile)
    assert ours == theirs if ours else any(isnan(end) for end in theirs)


@pytest.mark.parametrize(("n", "quantile"), [(6, 0.5), (10, 0.5), (30, 0.5), (60, 0.9), (120, 0.95)])
def test_a_quantile_of_simulated_trials_lies_in_its_interval_as_often_as_said(
    n: int, quantile: float
) -> None:
    """Times with a heavy tail, of which one in fifty never comes: +∞ is a value, and is not dropped."""
    draw, truth = Random(f"{n} {quantile}"), _true_quantile(quantile)
    ranks = interval(n, quantile)
    assert ranks is not None
    inside = 0
    for _ in range(2000):
        ordered = sorted(_time(draw) for _ in range(n))
        inside += ordered[ranks[0] - 1] <= truth <= ordered[ranks[1] - 1]
    assert inside / 2000 >= 0.95 - 3 * (0.05 * 0.95 / 2000) ** 0.5


NEVER_SHARE = 0.02


def _time(draw: Random) -> float:
    return float("inf") if draw.random() < NEVER_SHARE else draw.expovariate(1.0) ** 2


def _true_quantile(quantile: float) -> float:
    return log(1 / (1 - quantile / (1 - NEVER_SHARE))) ** 2
