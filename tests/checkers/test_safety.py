"""Counts, RPO and split brain: one proven violation fails; what could not be checked is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from harness.checkers.measured import Measured
from harness.checkers.safety import judge_safety
from harness.model.drill import Measure
from harness.model.verdict import Figure, Finding
from tests.checkers.journals import expect, plan
from tests.checkers.measurements import figure, measured

BAD: dict[Measure, dict[str, Any]] = {
    "lost_writes": {"lost_after_fault": 1},
    "rpo": {"rpo": figure(0.1)},
    "split_brain": {"split_brain_low_s": 0.1, "split_brain_high_s": 0.2},
    "stale_reads": {"stale_reads": 1},
    "false_failovers": {"false_failovers": 1},
    "failovers": {"failovers": 1},
    "phantom_writes": {"phantom": 1},
}
MEASURES = pytest.mark.parametrize("measure", BAD)


def judge(
    measure: Measure,
    trials: Sequence[Measured],
    *,
    limit: float = 0,
    planned: int = 0,
    at_least: bool = False,
) -> Finding:
    wanted = expect(measure, limit, at_least=at_least)
    return judge_safety(plan(trials=planned or len(trials)), wanted, limit, trials)


@MEASURES
def test_nothing_bad_in_any_trial_passes(measure: Measure) -> None:
    assert judge(measure, [measured(1), measured(2)]).judgement == "pass"


@MEASURES
def test_one_violation_fails_and_its_trial_is_named(measure: Measure) -> None:
    bad = measured(2, evidence={measure: ("what was seen",)}, **BAD[measure])
    found = judge(measure, [measured(1), bad, measured(3)])
    assert (found.judgement, found.trial, found.evidence) == ("fail", 2, ("what was seen",))


@MEASURES
def test_it_counts_in_a_trial_whose_times_are_void(measure: Measure) -> None:
    assert judge(measure, [measured(1, noise="a stall", **BAD[measure])]).judgement == "fail"
    assert judge(measure, [measured(1, void="stopped", **BAD[measure])]).judgement == "fail"


@MEASURES
def test_what_could_not_be_checked_is_unknown_and_said(measure: Measure) -> None:
    found = judge(measure, [measured(1), measured(2, unknown={measure: "no final read"})])
    assert (found.judgement, found.evidence) == ("unknown", ("trial 2: no final read",))


@MEASURES
def test_a_violation_stands_beside_what_could_not_be_checked(measure: Measure) -> None:
    trials = [measured(1, unknown={measure: "no final read"}), measured(2, **BAD[measure])]
    assert judge(measure, trials).judgement == "fail"


@MEASURES
def test_trials_that_were_not_made_leave_no_pass(measure: Measure) -> None:
    assert judge(measure, [measured(1)], planned=2).judgement == "unknown"
    assert judge(measure, [measured(1, **BAD[measure])], planned=2).judgement == "fail"
    assert judge(measure, [], planned=1).judgement == "unknown"


@MEASURES
def test_noise_and_void_times_alone_take_no_pass_away(measure: Measure) -> None:
    assert judge(measure, [measured(1, noise="a stall"), measured(2, void="stopped")]).judgement == "pass"


def test_a_count_up_to_the_limit_passes() -> None:
    three = [measured(1, lost_before_fault=1, lost_after_fault=2)]
    assert judge("lost_writes", three, limit=3).judgement == "pass"
    assert judge("lost_writes", three, limit=2).judgement == "fail"


# --- split brain and RPO --------------------------------------------------------------------------------


def test_split_brain_that_two_operations_prove_needs_no_length() -> None:
    found = judge("split_brain", [measured(1, proven=frozenset({"split_brain"}))])
    assert (found.judgement, found.measured) == ("fail", "an old primary served after a newer one")


def test_split_brain_that_was_only_possible_was_not_seen() -> None:
    found = judge("split_brain", [measured(1, split_brain_high_s=0.02)])
    assert (found.judgement, found.measured, found.error) == ("pass", "none seen", "at most 20 ms in a trial")


def test_split_brain_up_to_a_length_is_judged_by_its_interval() -> None:
    def between(low: float, high: float) -> str:
        trial = measured(1, split_brain_low_s=low, split_brain_high_s=high)
        return judge("split_brain", [trial], limit=0.1).judgement

    assert [between(0.0, 0.05), between(0.05, 0.2), between(0.2, 0.3)] == ["pass", "unknown", "fail"]


def test_an_rpo_of_nothing_is_broken_by_any_loss() -> None:
    """A single write that was acknowledged last and lost: no time, but not nothing."""
    assert judge("rpo", [measured(1, proven=frozenset({"rpo"}))]).judgement == "fail"


def test_an_rpo_within_the_injection_s_interval_of_the_limit_is_unknown() -> None:
    at = Figure(value=0.1, low=0.09, high=0.11)
    assert judge("rpo", [measured(1, rpo=at)], limit=0.11).judgement == "pass"
    assert judge("rpo", [measured(1, rpo=at)], limit=0.1).judgement == "unknown"
    assert judge("rpo", [measured(1, rpo=at)], limit=0.08).judgement == "fail"


# --- failovers ------------------------------------------------------------------------------------------


def test_a_failover_that_must_come_and_did_passes() -> None:
    assert judge("failovers", [measured(1, failovers=1)], limit=1, at_least=True).judgement == "pass"


def test_one_that_did_not_come_fails() -> None:
    found = judge("failovers", [measured(1, failovers=0)], limit=1, at_least=True)
    assert (found.judgement, found.measured, found.bound) == ("fail", "0 a trial", "≥ 1")


def test_one_that_could_still_have_come_is_unknown() -> None:
    stopped = measured(1, failovers=0, void="the trial was stopped")
    assert judge("failovers", [stopped], limit=1, at_least=True).judgement == "unknown"


def test_noise_of_ours_does_not_keep_a_failover_from_being_counted() -> None:
    noisy = measured(1, failovers=0, noise="a stall")
    assert judge("failovers", [noisy], limit=1, at_least=True).judgement == "fail"


def test_too_many_after_a_fault_that_was_half_done_are_unknown() -> None:
    half = measured(1, failovers=2, faults_missing=("step 2: no such process",))
    assert judge("failovers", [half], limit=1).judgement == "unknown"
    assert judge("failovers", [measured(1, failovers=2)], limit=1).judgement == "fail"
    as_many = measured(1, failovers=1, faults_missing=("step 2: no such process",))
    assert judge("failovers", [as_many], limit=1).judgement == "pass"


# --- texts ----------------------------------------------------------------------------------------------


def test_what_was_measured_is_told_over_all_trials() -> None:
    both = [
        measured(1, failovers=0, lost_before_fault=1, rpo=figure(0.1), split_brain_high_s=0.02),
        measured(2, failovers=2, lost_after_fault=2, rpo=figure(0.3), split_brain_high_s=0.05),
    ]
    assert judge("failovers", both, limit=9).measured == "0 to 2 a trial"
    assert judge("failovers", both[1:], limit=9).measured == "2 a trial"
    assert judge("lost_writes", both, limit=9).measured == "3"
    assert judge("rpo", both, limit=9).measured == "300 ms"
    assert judge("split_brain", both).error == "at most 50 ms in a trial"
    assert judge("split_brain", [measured(1)]).error == ""


def test_split_brain_is_told_with_its_length() -> None:
    long = measured(1, split_brain_low_s=0.4, split_brain_high_s=0.6)
    assert judge("split_brain", [long]).measured == "at least 400 ms"


def test_at_most_three_trials_give_their_evidence() -> None:
    bad = [measured(n, lost_after_fault=1, evidence={"lost_writes": (f"{n}",)}) for n in range(1, 6)]
    assert judge("lost_writes", bad).evidence == ("1", "2", "3")


def test_no_false_failover_in_so_many_hours_leaves_a_rate_possible() -> None:
    hour = [measured(n, watched_s=120.0) for n in range(1, 31)]
    assert judge("false_failovers", hour).error == "at most 3 an hour (95 %), 0 in 1 h"
    more = [*hour, measured(31, watched_s=3600.0, false_failovers=1)]
    found = judge("false_failovers", more)
    assert (found.judgement, found.error) == ("fail", "at most 2.37 an hour (95 %), 1 in 2 h")
    assert judge("false_failovers", [measured(1)]).error == ""
