"""Phases from a seed: the same again, apart for each step, and none moved by what comes after it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.model.drill import PartitionStep
from harness.planner.phases import trial_plans
from tests.drillfile.written import read
from tests.planner.planning import EXAMPLE, with_steps

SEEDS = st.integers(min_value=0, max_value=2**63 - 1)
DRILL = read(EXAMPLE)


@given(SEEDS, st.integers(min_value=1, max_value=20))
def test_the_same_seed_gives_the_same_plan(seed: int, trials: int) -> None:
    assert trial_plans(DRILL, seed=seed, trials=trials) == trial_plans(DRILL, seed=seed, trials=trials)


@given(SEEDS, st.integers(min_value=1, max_value=20))
def test_another_trial_changes_none_before_it(seed: int, trials: int) -> None:
    longer = trial_plans(DRILL, seed=seed, trials=trials + 1)
    assert longer[:-1] == trial_plans(DRILL, seed=seed, trials=trials)


@given(SEEDS)
def test_a_phase_lies_in_its_window(seed: int) -> None:
    for trial in trial_plans(DRILL, seed=seed, trials=20):
        assert 1.0 <= trial.steps[1].at_s <= 2.0


def test_phases_differ_from_trial_to_trial_from_seed_to_seed_and_from_drill_to_drill() -> None:
    other = read(EXAMPLE.replace("drill: mine", "drill: other"))
    drawn = {
        trial.steps[1].at_s
        for drill, seed in ((DRILL, 1), (DRILL, 2), (other, 1))
        for trial in trial_plans(drill, seed=seed, trials=30)
    }
    assert len(drawn) == 90


def test_phases_spread_over_their_whole_window() -> None:
    drawn = [trial.steps[1].at_s for trial in trial_plans(DRILL, seed=4711, trials=1000)]
    tenths = [sum(1 for at_s in drawn if low <= 10 * (at_s - 1) < low + 1) for low in range(10)]
    assert min(tenths) > 50


def test_another_step_moves_none_before_it() -> None:
    kill = "- kill: primary\n  at: 1s..2s\n  until: 3s\n"
    one, two = read(with_steps(kill)), read(with_steps(kill + "- pause: n1\n  at: 0s..1s\n  until: 4s\n"))
    assert [trial.steps[0] for trial in trial_plans(two, seed=7, trials=5)] == [
        trial.steps[0] for trial in trial_plans(one, seed=7, trials=5)
    ]


def test_a_point_and_a_wait_are_not_drawn() -> None:
    drill = read(with_steps("- wait: {for: steady, within: 1s}\n- kill: primary\n  at: 1500ms\n  until: 3s"))
    assert [step.at_s for step in trial_plans(drill, seed=1, trials=1)[0].steps] == [0.0, 1.5]


FLAPS = "- isolate: primary\n  at: 1s..2s\n  until: {until}\n  flapping: {{period: 2s, duty: 25%}}\n"


def test_what_flaps_is_a_fault_of_its_own_each_time() -> None:
    (trial,) = trial_plans(read(with_steps(FLAPS.format(until="9s"))), seed=1, trials=1)
    first = trial.steps[0]
    assert [timed.repeats for timed in trial.steps] == [0, 1, 2, 3]
    assert [round(timed.at_s - first.at_s, 6) for timed in trial.steps] == [0, 2, 4, 6]
    assert [round(timed.lasts_s, 6) for timed in trial.steps] == [0.5] * 4
    assert all(isinstance(timed.step, PartitionStep) and timed.step.flapping is None for timed in trial.steps)


def test_a_flap_ends_with_its_step_and_one_that_would_be_too_short_is_left_out() -> None:
    for seed in range(50):
        (trial,) = trial_plans(read(with_steps(FLAPS.format(until="5s"))), seed=seed, trials=1)
        assert all(0.25 <= round(timed.lasts_s, 6) <= 0.5 for timed in trial.steps[1:])
        assert all(timed.at_s + timed.lasts_s <= 5.000001 for timed in trial.steps)
