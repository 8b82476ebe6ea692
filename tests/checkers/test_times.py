"""A bound on a time: intervals, quantiles, few trials, void trials, what never came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checkers.figures import NEVER, censored
from harness.checkers.measured import Measured
from harness.checkers.times import judge_time
from harness.model.verdict import Figure, Finding
from tests.checkers.journals import expect, plan
from tests.checkers.measurements import figure, measured

LIMIT_S = 0.3


def judge(trials: Sequence[Measured], *, q: float = 1.0, planned: int | None = None) -> Finding:
    wanted = expect("outage", LIMIT_S, q=q)
    return judge_time(plan(trials=planned or len(trials)), wanted, LIMIT_S, trials)


def of(*figures: Figure | None, **more: Any) -> list[Measured]:
    return [measured(n, outage=one, **more) for n, one in enumerate(figures, 1)]


def seconds(*values: float) -> list[Measured]:
    return of(*map(figure, values))


def test_every_trial_within_the_maximum_passes() -> None:
    found = judge(seconds(0.1, 0.2, 0.3))
    assert (found.judgement, found.measured, found.bound) == ("pass", "max 300 ms", "max ≤ 300 ms")


def test_one_trial_beyond_the_maximum_fails_and_is_named() -> None:
    found = judge(seconds(0.1, 0.4, 0.2))
    assert (found.judgement, found.trial) == ("fail", 2)
    assert found.evidence == ("trial 2: 400 ms (400 ms to 400 ms)",)


def test_the_worst_of_several_is_named() -> None:
    found = judge(seconds(0.4, 0.9, 0.5))
    assert found.trial == 2
    assert len(found.evidence) == 3


def test_the_error_is_the_widest_of_all() -> None:
    lopsided = [Figure(value=0.1, low=0.09, high=0.13), Figure(value=0.1, low=0.08, high=0.11)]
    assert judge(of(*lopsided)).error == "± 30 ms"


@pytest.mark.parametrize(
    ("value", "judgement"), [(0.27, "pass"), (0.29, "unknown"), (0.31, "unknown"), (0.33, "fail")]
)
def test_a_bound_within_the_error_is_unknown(value: float, judgement: str) -> None:
    found = judge(of(figure(value, error=0.02)))
    assert (found.judgement, found.error) == (judgement, "± 20 ms")


def test_what_had_not_come_after_longer_than_the_bound_fails() -> None:
    found = judge(of(censored(5.0)))
    assert (found.judgement, found.measured) == ("fail", "max never")
    assert found.evidence == ("trial 1: never, watched for 5.000 s",)


def test_what_nobody_waited_for_long_enough_is_unknown() -> None:
    assert judge(of(censored(0.2))).judgement == "unknown"


def test_what_missed_a_person_s_own_deadline_fails() -> None:
    assert judge(of(NEVER)).judgement == "fail"


def test_a_time_with_an_open_end_is_unknown_unless_it_is_too_long_already() -> None:
    assert judge(of(Figure(value=0.1, low=0.1, high=None))).judgement == "unknown"
    assert judge(of(Figure(value=0.4, low=0.4, high=None))).judgement == "fail"


# --- quantiles ------------------------------------------------------------------------------------------


def test_with_enough_trials_a_quantile_is_judged_by_its_rank() -> None:
    found = judge(seconds(*[0.1] * 27, 0.9, 0.9), q=0.9)  # 29 trials: the 27th
    assert (found.judgement, found.measured) == ("pass", "p90 100 ms")
    assert judge(seconds(*[0.1] * 26, 0.9, 0.9, 0.9), q=0.9).judgement == "fail"


def test_it_names_its_interval() -> None:
    found = judge(seconds(*[n / 1000 for n in range(1, 31)]), q=0.5)
    assert found.evidence[0] == "95 % interval of the p50: 10 ms to 21 ms, 30 trials"


def test_with_too_few_trials_it_is_judged_by_the_maximum_and_says_so() -> None:
    found = judge(seconds(0.1, 0.2), q=0.9)
    assert (found.judgement, found.measured) == ("pass", "max 200 ms")
    assert found.evidence[0] == "p90 is not estimable below 29 trials, there are 2: judged by the maximum"


def test_a_maximum_beyond_the_bound_of_too_few_trials_refutes_no_quantile() -> None:
    assert judge(seconds(0.1, 0.9), q=0.9).judgement == "unknown"
    assert judge(of(figure(0.1), censored(5.0)), q=0.9).judgement == "unknown"


def test_but_a_deadline_that_was_missed_fails_the_bound_that_names_it() -> None:
    assert judge(of(figure(0.1), NEVER), q=0.9).judgement == "fail"
    assert judge(of(*[figure(0.1)] * 28, NEVER), q=0.9).judgement == "pass"  # enough trials: one may


# --- trials that do not count ---------------------------------------------------------------------------


def test_a_disturbed_trial_that_kept_the_bound_is_left_out() -> None:
    found = judge([*seconds(0.1), measured(2, outage=figure(0.2), noise="a stall")])
    assert (found.judgement, found.measured) == ("pass", "max 100 ms")
    assert "trial 2 does not count: a stall" in found.evidence
    just = measured(2, outage=figure(LIMIT_S), noise="a stall")
    assert judge([*seconds(0.1), just]).judgement == "pass"


def test_one_that_did_not_may_have_been_anything() -> None:
    """A slow failover meets a stall more often: leaving it out would make the slow ones vanish."""
    disturbed = measured(2, outage=figure(0.9), noise="a stall")
    found = judge([*seconds(0.1), disturbed])
    assert found.judgement == "unknown"
    assert "it was over the bound, so it may have been anything" in found.evidence[-1]
    assert judge([*seconds(0.1), measured(2, outage=NEVER, noise="a stall")]).judgement == "unknown"


def test_a_quantile_can_bear_a_few_of_them() -> None:
    disturbed = [measured(n, outage=figure(0.9), noise="a stall") for n in (28, 29)]
    assert judge([*seconds(*[0.1] * 27), *disturbed], q=0.9).judgement == "pass"
    assert judge([*seconds(*[0.1] * 26), *disturbed, disturbed[0]], q=0.9).judgement == "unknown"


def test_a_violation_stands_beside_disturbed_trials() -> None:
    assert judge([*seconds(0.9), measured(2, outage=figure(0.2), noise="a stall")]).judgement == "fail"


@pytest.mark.parametrize(
    "absent",
    [
        measured(2, outage=figure(0.1), void="the trial was stopped"),
        measured(2, outage=figure(0.1), faults_missing=("the fault never came into force",)),
        measured(2, outage=figure(0.1), unknown={"outage": "the checker crashed"}),
        measured(2, outage=None),
    ],
)
def test_without_a_figure_of_every_trial_nothing_passes(absent: Measured) -> None:
    found = judge([*seconds(0.1), absent])
    assert found.judgement == "unknown"
    assert found.evidence[-1].startswith("trial 2 does not count: ")
    assert judge([*seconds(0.9), absent]).judgement == "fail"


def test_trials_that_were_not_made_leave_no_pass() -> None:
    found = judge(seconds(0.1), planned=3)
    assert (found.judgement, found.evidence[-1]) == ("unknown", "2 of 3 trials were not made")
    assert judge(seconds(0.9), planned=3).judgement == "fail"


def test_no_trial_at_all_is_unknown() -> None:
    assert judge([], planned=1).judgement == "unknown"
    assert judge([measured(1, outage=figure(0.1), noise="a stall")]).judgement == "unknown"


# --- laws -----------------------------------------------------------------------------------------------

TIMES = st.floats(0, 1)


@given(
    st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=40), st.sampled_from([0.5, 0.9, 1.0]), st.data()
)
def test_a_pass_and_a_fail_hold_wherever_in_its_interval_each_time_lies(
    spans: list[tuple[float, float]], q: float, data: st.DataObject
) -> None:
    trials = [Figure(value=min(s), low=min(s), high=max(s)) for s in spans]
    true = [data.draw(st.floats(f.low or 0, f.high or 0)) for f in trials]
    judged, exact = judge(of(*trials), q=q).judgement, judge(seconds(*true), q=q).judgement
    assert judged == "unknown" or judged == exact
