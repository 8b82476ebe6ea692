"""Times of a soak: a drift, none, or not to be known on a machine that had other things to do."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.proof.drift import Drift, drift
from tests.reports.examples import figure, trial

STEADY = [0.05 + 0.001 * (n % 7) for n in range(40)]


def outage(
    values: list[float | None],
    *,
    pressure: Mapping[int, float] | None = None,
    void: int = 0,
    error: float = 0.002,
) -> Drift:
    """void: the times of so many of the last trials do not count."""
    trials = [
        trial(n, outage=figure(value, error), void="it stalled" * (n > len(values) - void))
        for n, value in enumerate(values, 1)
    ]
    return drift("outage", trials, pressure or {})


def grown(by_s: float) -> list[float | None]:
    return [value + by_s * n / 39 for n, value in enumerate(STEADY)]


def test_times_that_stay_are_no_drift_and_those_that_grow_or_shrink_are() -> None:
    assert outage([*STEADY]).said == "no drift"
    assert outage(grown(0.04)).said == "drift"
    assert outage([*reversed(grown(0.04))]).said == "drift"


def test_a_change_below_what_matters_is_none() -> None:
    found = outage(grown(0.01))
    assert found.change is not None and found.change.low > 0
    assert (found.said, round(found.matters_s, 3)) == ("no drift", 0.019)


def test_what_the_figures_may_be_wrong_by_does_not_matter() -> None:
    assert outage(grown(0.04), error=0.06).said == "no drift"


def test_an_interval_that_holds_both_says_nothing() -> None:
    draw = Random(5)
    found = outage([value * draw.lognormvariate(0, 1) for value in STEADY])
    assert (found.said, found.why) == ("not known", "its interval holds both")


def test_a_drift_that_the_machines_pressure_went_along_with_is_not_known() -> None:
    """Somebody else began to work: whose fault the longer times are cannot be told."""
    rising, falling = {n: 0.01 * n for n in range(1, 41)}, {n: 1 - 0.01 * n for n in range(1, 41)}
    assert outage(grown(0.04), pressure=rising).why == (
        "the pressure on the machine's processors went along with it"
    )
    assert outage(grown(0.04), pressure=falling).said == "drift"
    assert outage(grown(0.04), pressure=dict.fromkeys(rising, 0.3)).said == "drift"
    assert outage([*STEADY], pressure=rising).said == "no drift"


def test_times_that_do_not_count_are_no_drift() -> None:
    late = [*STEADY[:30], *[0.5] * 10]
    assert outage([*late], void=10).said == "no drift" and outage([*late]).said != "no drift"


def test_so_few_trials_say_nothing() -> None:
    assert outage([0.05] * 10).why == "fewer than 20 trials count"
