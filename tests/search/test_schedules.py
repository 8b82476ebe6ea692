from __future__ import annotations

from collections import Counter

from harness.drillfile.drill import read_drill
from harness.drillfile.tree import parse
from harness.drillfile.writing import written
from harness.model.drill import ControlStep, CrashStep, Drill, HoldStep, KillStep, WaitStep
from harness.planner.offers import needed_fault
from harness.search.crew import plan_of
from tests.search.fields import FIELD, OFFERS, drawn

MANY = [drawn(number) for number in range(400)]


def faults(drill: Drill) -> list[object]:
    return [step for step in drill.steps if not isinstance(step, WaitStep | HoldStep)]


def orders(drill: Drill) -> list[ControlStep]:
    return [step for step in drill.steps if isinstance(step, ControlStep) and step.action != "switchover"]


def test_a_schedule_is_drawn_from_seed_and_number_alone() -> None:
    assert drawn(7) == MANY[7] and drawn(7, seed=2) != MANY[7]
    assert len({one.seed for one in MANY}) == len(MANY)


def test_a_schedule_has_one_to_eight_faults_within_half_a_minute() -> None:
    for one in MANY:
        assert 1 <= len(faults(one.drill)) - len(orders(one.drill)) <= 8
        assert 20 <= sum(s.duration_s for s in one.drill.steps if isinstance(s, HoldStep)) <= 30


def test_every_fault_and_control_that_is_offered_comes_at_times_and_at_moments() -> None:
    timed, aimed = Counter[str](), Counter[str]()
    for one in MANY:
        for step in faults(one.drill):
            assert not isinstance(step, WaitStep | HoldStep)
            name = step.action if isinstance(step, ControlStep) else needed_fault(step)  # type: ignore[arg-type]
            (aimed if getattr(step, "on", None) is not None else timed)[name] += 1
    assert set(timed) == {*OFFERS.offered.faults, *OFFERS.offered.controls}
    assert set(aimed) == set(timed) - {"crash", "power on", "maintenance off"}


def test_faults_overlap_and_strike_again_after_a_calm() -> None:
    at_once = [d for d in MANY if sum(isinstance(s, KillStep | CrashStep) for s in d.drill.steps) > 1]
    waves = Counter(sum(isinstance(s, HoldStep) for s in one.drill.steps) for one in MANY)
    assert len(at_once) > 30 and {1, 2, 3} <= set(waves)


def test_what_an_order_has_set_is_taken_back_when_all_faults_are_over() -> None:
    """By two witnesses: a cluster in maintenance, or without a node, is not whole."""
    ends = {"maintenance on": "maintenance off", "power off": "power on"}
    set_s = [one for one in MANY if any(order.action in ends for order in orders(one.drill))]
    assert len(set_s) > 20
    for one in set_s:
        *_, last, tail = one.drill.steps
        assert isinstance(last, ControlStep) and isinstance(tail, HoldStep)
        whole_s = sum(s.duration_s for s in one.drill.steps[:-1] if isinstance(s, HoldStep))
        ended = [o.action for o in orders(one.drill) if o.at.low_s >= whole_s]
        for order in orders(one.drill):
            assert order.action not in ends or ended.count(ends[order.action]) >= 2  # type: ignore[arg-type]


def test_losses_are_not_held_against_who_was_promoted_by_force() -> None:
    for one in MANY:
        forced = any(order.action == "force" for order in orders(one.drill))
        assert not forced or all(bound.measure != "lost_writes" for bound in one.drill.expect)


def test_every_schedule_can_be_planned_and_is_a_file_that_a_person_could_have_written() -> None:
    for one in MANY:
        plan_of(FIELD, one, "")
        again = read_drill(parse(written(one.drill)), path="", story="")
        assert again.steps == one.drill.steps and again.load == one.drill.load
        assert again.settings.get("reference", {}).keys() == one.drill.settings["reference"].keys()
