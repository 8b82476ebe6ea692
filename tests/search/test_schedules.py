from __future__ import annotations

from collections import Counter

from harness.drillfile.drill import read_drill
from harness.drillfile.tree import parse
from harness.drillfile.writing import written
from harness.model.drill import ControlStep, CrashStep, Drill, HoldStep, KillStep, WaitStep
from harness.planner.offers import needed_fault
from harness.search.crew import plan_of
from tests.search.fields import FIELD, OFFERS, drawn

MANY = [drawn(number) for number in range(300)]


def faults(drill: Drill) -> list[object]:
    return [step for step in drill.steps if not isinstance(step, WaitStep | HoldStep)]


def test_a_schedule_is_drawn_from_seed_and_number_alone() -> None:
    assert drawn(7) == MANY[7] and drawn(7, seed=2) != MANY[7]
    assert len({one.seed for one in MANY}) == len(MANY)


def test_a_schedule_has_one_to_eight_faults_within_half_a_minute() -> None:
    for one in MANY:
        assert 1 <= len(faults(one.drill)) <= 8
        assert 20 <= sum(s.duration_s for s in one.drill.steps if isinstance(s, HoldStep)) <= 30


def test_every_fault_and_control_that_is_offered_comes_at_times_and_at_moments() -> None:
    timed, aimed = Counter[str](), Counter[str]()
    for one in MANY:
        for step in faults(one.drill):
            assert not isinstance(step, WaitStep | HoldStep)
            name = step.action if isinstance(step, ControlStep) else needed_fault(step)  # type: ignore[arg-type]
            (aimed if getattr(step, "on", None) is not None else timed)[name] += 1
    assert set(timed) == {*OFFERS.offered.faults, *OFFERS.offered.controls}
    assert set(aimed) == set(timed) - {"crash"}


def test_faults_overlap_and_strike_again_after_a_calm() -> None:
    at_once = [d for d in MANY if sum(isinstance(s, KillStep | CrashStep) for s in d.drill.steps) > 1]
    waves = Counter(sum(isinstance(s, HoldStep) for s in one.drill.steps) for one in MANY)
    assert len(at_once) > 30 and set(waves) == {1, 2, 3}


def test_every_schedule_can_be_planned_and_is_a_file_that_a_person_could_have_written() -> None:
    for one in MANY:
        plan_of(FIELD, one, "")
        again = read_drill(parse(written(one.drill)), path="", story="")
        assert again.steps == one.drill.steps and again.load == one.drill.load
        assert again.settings.get("reference", {}).keys() == one.drill.settings["reference"].keys()
