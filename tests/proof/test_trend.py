"""The slope of a series against known truth, and an interval that a busy hour does not make a trend of."""

from __future__ import annotations

from math import inf
from random import Random

import pytest
from scipy.stats import theilslopes

from tests.proof.trend import AT_LEAST, CONFIDENCE, Trend, trend


def noise(draw: Random, many: int = 60) -> list[float]:
    return [draw.lognormvariate(-3.0, 0.3) for _ in range(many)]


def of(values: list[float]) -> Trend:
    found = trend(range(len(values)), values)
    assert found is not None
    return found


def test_the_slope_and_its_interval_are_those_of_an_independent_implementation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That one takes all values as independent. Ties included."""
    monkeypatch.setattr("tests.proof.trend._widened", lambda *series: 1.0)
    for seed in range(20):
        draw = Random(seed)
        values = [round(draw.uniform(0, 1), 1) for _ in range(40)]
        found, whole = of(values), len(values) - 1
        slope, _, low, high = theilslopes(values, range(len(values)), alpha=CONFIDENCE)
        assert found.change == pytest.approx(slope * whole)
        assert found.low == pytest.approx(low * whole, abs=0.03)
        assert found.high == pytest.approx(high * whole, abs=0.03)


def test_a_rise_is_seen_and_its_interval_holds_it() -> None:
    draw = Random(1)
    found = of([value + 0.002 * n for n, value in enumerate(noise(draw, 100))])
    assert 0 < found.low < 0.002 * 99 < found.high


def test_what_is_no_trend_is_seldom_taken_for_one() -> None:
    draw = Random(2)
    wrong = sum(not found.low <= 0 <= found.high for found in (of(noise(draw)) for _ in range(200)))
    assert wrong <= 0.03 * 200


def test_values_that_come_in_spells_widen_the_interval() -> None:
    """A sum of what came before: half of such series would have a trend if they were taken as independent."""
    draw, wrong = Random(3), 0
    for _ in range(100):
        value, values = 0.0, list[float]()
        for _ in range(80):
            value = 0.7 * value + draw.gauss(0, 1)
            values.append(value)
        found = of(values)
        wrong += not found.low <= 0 <= found.high
    assert wrong <= 6


def test_a_value_that_never_came_moves_it_little() -> None:
    values = noise(Random(4))
    assert of([*values[:20], inf, *values[21:]]).high < 0.1
    assert of([*values[:30], *[inf] * 30]).high == inf


def test_what_never_changes_does_not() -> None:
    assert of([0.05] * 40) == Trend(0.0, 0.0, 0.0)


def test_so_few_say_nothing() -> None:
    assert trend(range(AT_LEAST - 1), [0.0] * (AT_LEAST - 1)) is None
