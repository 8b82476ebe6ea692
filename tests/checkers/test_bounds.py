"""What an expectation is held against, and what is left of it when entries of the journal are lost."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checkers.bounds import judge_bound, promised
from harness.checkers.measured import Measured
from harness.model.drill import Expectation, Measure
from harness.model.verdict import Finding
from tests.checkers.journals import BOUND_S, expect, plan
from tests.checkers.measurements import figure, measured


def judge(wanted: Expectation, trial: Measured, *, gaps: bool = False) -> Finding:
    return judge_bound(plan(wanted), wanted, [trial], gaps=gaps)


def test_bound_means_the_target_s_own_promise() -> None:
    found = judge(expect("detection_time", None), measured(1, detection=figure(BOUND_S + 0.1)))
    assert (found.judgement, found.bound) == ("fail", "max ≤ 500 ms (the target's own bound)")


def test_where_the_target_promises_nothing_it_is_unknown_and_says_what_to_write() -> None:
    found = judge(expect("outage", None), measured(1, outage=figure(0.1)))
    assert (found.judgement, found.evidence) == (
        "unknown",
        ("the target promises no bound for this under its settings; write a number instead",),
    )


@pytest.mark.parametrize(
    ("measure", "limit"),
    [
        ("detection_time", BOUND_S),
        ("rpo", 0.0),
        ("lost_writes", 0),
        ("stale_reads", 0.0),
        ("split_brain", 0.0),
        ("false_failovers", 0.0),
        ("phantom_writes", 0.0),
        ("outage", None),
        ("rejoin_time", None),
        ("failovers", None),
    ],
)
def test_each_measure_has_its_promise(measure: Measure, limit: float | None) -> None:
    assert promised(plan().promises, measure) == limit


PASSES: dict[Measure, dict[str, Any]] = {
    "detection_time": {"detection": figure(0.1)},
    "outage": {"outage": figure(0.1)},
    "rejoin_time": {"rejoin": figure(0.1)},
    "lost_writes": {},
    "rpo": {},
    "split_brain": {},
    "stale_reads": {},
    "false_failovers": {},
    "failovers": {},
    "phantom_writes": {},
}


@pytest.mark.parametrize("measure", PASSES)
def test_with_entries_lost_nothing_passes(measure: Measure) -> None:
    limit = 0.3 if measure in ("detection_time", "outage", "rejoin_time") else 0
    trial = measured(1, **PASSES[measure])
    assert judge(expect(measure, limit), trial).judgement == "pass"
    found = judge(expect(measure, limit), trial, gaps=True)
    assert (found.judgement, found.evidence[0]) == ("unknown", "entries of the journal are lost")


@pytest.mark.parametrize(
    ("measure", "numbers", "stands"),
    [
        ("lost_writes", {"lost_after_fault": 1}, True),
        ("stale_reads", {"stale_reads": 1}, True),
        ("rpo", {"rpo": figure(0.1), "proven": frozenset({"rpo"})}, True),
        ("split_brain", {"split_brain_low_s": 0.1, "served_late": True}, True),
        ("split_brain", {"split_brain_low_s": 0.1}, False),  # a lost refusal may have split the reign
        ("detection_time", {"detection": figure(0.9)}, False),  # the decision may be what is lost
        ("outage", {"outage": figure(0.9)}, False),
        ("rejoin_time", {"rejoin": figure(0.9)}, False),
        ("failovers", {"failovers": 9}, False),
        ("false_failovers", {"false_failovers": 1}, False),  # the fault may be what is lost
        ("phantom_writes", {"phantom": 1}, False),  # who wrote it may be what is lost
    ],
)
def test_with_entries_lost_a_violation_stands_that_rests_on_what_is_there(
    measure: Measure, numbers: dict[str, Any], stands: bool
) -> None:
    limit = 0.3 if measure in ("detection_time", "outage", "rejoin_time") else 0
    trial = measured(1, **numbers)
    assert judge(expect(measure, limit), trial).judgement == "fail"
    assert judge(expect(measure, limit), trial, gaps=True).judgement == ("fail" if stands else "unknown")


def test_how_long_an_rpo_was_does_not_stand_when_entries_are_lost() -> None:
    trial = measured(1, rpo=figure(0.5), proven=frozenset({"rpo"}))
    assert judge(expect("rpo", 0.1), trial, gaps=True).judgement == "unknown"
