"""What a drill is there to show: seen passes, certainly absent fails, all else is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checkers.bounds import judge_bound
from harness.checkers.measured import Measured
from harness.model.drill import Expectation, Measure
from harness.model.verdict import Figure, Finding
from tests.checkers.journals import plan
from tests.checkers.measurements import figure, measured

SHOWN: dict[Measure, dict[str, Any]] = {
    "lost_writes": {"lost_after_fault": 1},
    "rpo": {"rpo": figure(0.1), "proven": frozenset({"rpo"})},
    "split_brain": {"split_brain_low_s": 0.1, "split_brain_high_s": 0.2},
    "stale_reads": {"stale_reads": 1},
    "false_failovers": {"false_failovers": 1},
    "phantom_writes": {"phantom": 1},
}
MEASURES = pytest.mark.parametrize("measure", SHOWN)


def seen(measure: Measure, *trials: Measured, planned: int = 0, gaps: bool = False) -> Finding:
    wanted = Expectation(measure=measure, limit=0.0, seen=True)
    return judge_bound(plan(wanted, trials=planned or len(trials)), wanted, trials, gaps=gaps)


@MEASURES
def test_what_is_seen_in_one_trial_passes(measure: Measure) -> None:
    found = seen(measure, measured(1), measured(2, **SHOWN[measure]))
    assert (found.judgement, found.trial, found.bound, found.shown) == ("pass", 2, "to be seen", True)


@MEASURES
def test_what_is_certainly_absent_in_every_trial_fails(measure: Measure) -> None:
    found = seen(measure, measured(1), measured(2, noise="a stall"))
    assert (found.judgement, found.bound, found.shown) == ("fail", "to be seen", False)


@MEASURES
def test_an_absence_where_nobody_could_look_is_unknown(measure: Measure) -> None:
    found = seen(measure, measured(1), measured(2, unknown={measure: "no final read"}))
    assert (found.judgement, found.evidence) == ("unknown", ("trial 2: no final read",))


@MEASURES
def test_an_absence_in_a_trial_that_was_not_played_out_is_unknown(measure: Measure) -> None:
    found = seen(measure, measured(1), measured(2, unplayed="a wait expired"))
    assert (found.judgement, found.evidence) == ("unknown", ("trial 2: a wait expired",))


@MEASURES
def test_trials_that_were_not_made_prove_no_absence(measure: Measure) -> None:
    assert seen(measure, measured(1), planned=2).judgement == "unknown"
    assert seen(measure, measured(1, **SHOWN[measure]), planned=2).judgement == "pass"


def test_split_brain_that_may_have_been_is_absent_only_as_never_says_it() -> None:
    """What `never` passes is absent, what it fails is seen: one measure, two questions."""
    maybe = measured(1, split_brain_low_s=0.0, split_brain_high_s=0.2)
    assert seen("split_brain", maybe).judgement == "fail"
    assert seen("split_brain", measured(1, proven=frozenset({"split_brain"}))).judgement == "pass"


def test_with_entries_lost_only_what_stands_by_itself_was_seen() -> None:
    assert seen("lost_writes", measured(1, lost_after_fault=1), gaps=True).judgement == "pass"
    assert seen("split_brain", measured(1, split_brain_low_s=0.1), gaps=True).judgement == "unknown"
    assert seen("lost_writes", measured(1), gaps=True).judgement == "unknown"


# --- {min: t} ---------------------------------------------------------------------------------------


def least(limit: float, *trials: Measured, planned: int = 0) -> Finding:
    wanted = Expectation(measure="outage", limit=limit, at_least=True)
    return judge_bound(plan(wanted, trials=planned or len(trials)), wanted, trials, gaps=False)


def test_a_time_that_is_long_in_every_trial_passes() -> None:
    found = least(20.0, measured(1, outage=figure(21.0, 0.5)), measured(2, outage=figure(25.0)))
    assert (found.judgement, found.measured, found.bound) == ("pass", "min 20.500 s", "≥ 20.000 s")


def test_one_that_never_came_was_longer_than_anybody_looked() -> None:
    never = Figure(value=None, low=22.0, high=None)
    assert least(20.0, measured(1, outage=never)).judgement == "pass"
    assert least(30.0, measured(1, outage=never)).judgement == "unknown"


def test_one_short_trial_fails_and_is_named() -> None:
    found = least(20.0, measured(1, outage=figure(21.0)), measured(2, outage=figure(3.0)))
    assert (found.judgement, found.trial) == ("fail", 2)


def test_one_that_may_be_long_enough_is_unknown() -> None:
    assert least(20.0, measured(1, outage=figure(20.0, 0.5))).judgement == "unknown"


def test_a_stall_widens_it_by_its_own_length_and_does_not_hide_it() -> None:
    assert least(20.0, measured(1, noise="a stall", stalled_s=0.5, outage=figure(21.0))).judgement == "pass"
    assert (
        least(20.0, measured(1, noise="a stall", stalled_s=1.5, outage=figure(21.0))).judgement == "unknown"
    )
    assert (
        least(20.0, measured(1, noise="a stall", stalled_s=1.5, outage=figure(19.0))).judgement == "unknown"
    )


def test_a_trial_that_was_not_played_out_or_not_made_leaves_no_pass() -> None:
    long = measured(1, outage=figure(30.0))
    assert least(20.0, long, measured(2, outage=figure(30.0), unplayed="cut")).judgement == "unknown"
    assert least(20.0, long, planned=2).judgement == "unknown"
    assert least(20.0, measured(1)).judgement == "unknown"
