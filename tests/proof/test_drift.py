"""Times of the last quarter against those of the first."""

from __future__ import annotations

from tests.proof.drift import drift
from tests.proof.footprint import Footprint, together
from tests.reports.examples import figure, trial


def said(values: list[float | None]) -> str:
    trials = [trial(number, outage=figure(value)) for number, value in enumerate(values, 1)]
    return drift("outage", trials).said


def test_times_that_stay_are_no_drift_and_those_that_grow_or_shrink_are() -> None:
    steady = [0.05 + 0.001 * (n % 7) for n in range(40)]
    assert said([*steady]) == "no drift"
    assert said([value + 0.001 * n for n, value in enumerate(steady)]) == "drift"
    assert said([value + 0.001 * (40 - n) for n, value in enumerate(steady)]) == "drift"


def test_times_that_never_came_at_the_end_are_a_drift() -> None:
    assert said([*[0.05] * 30, *[None] * 10]) == "drift"


def test_so_few_trials_say_nothing() -> None:
    assert said([0.05] * 10) == "too few trials to say"


def test_a_container_holds_what_its_processes_do() -> None:
    assert together([Footprint(1.5, 2, 3), Footprint(2.5, 4, 5)]) == Footprint(4.0, 6, 8)
