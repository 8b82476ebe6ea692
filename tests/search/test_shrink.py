from __future__ import annotations

from msgspec import structs

from harness.model.drill import Drill, HoldStep, KillStep, PartitionStep, Trigger, WaitStep, Window
from harness.search.shrink import shrink
from tests.search.fields import drawn

WAIT = WaitStep(wait_for="steady", within_s=20.0)
KILL = KillStep(
    verb="kill",
    victim="primary",
    scope="host",
    at=Window(0.013, 0.013),
    until_s=3.421,
    on=Trigger(act="sends", what="Seal", nth=3, within_s=6.0),
)
CUT = PartitionStep(
    sides=(("n1", "witness/1"), ("rest",)), how="stall", direction="in", at=Window(1.234, 1.234), until_s=2.5
)
WHOLE = structs.replace(
    drawn(3).drill, steps=(WAIT, KILL, CUT, HoldStep(duration_s=8.0)), settings={"reference": {"nodes": 3}}
)


def reduced(violates: object, drill: Drill = WHOLE, tries_max: int = 500) -> Drill:
    assert callable(violates)
    return shrink(drill, lambda one: one if violates(one) else None, tries_max=tries_max)


def test_what_is_not_needed_goes() -> None:
    small = reduced(lambda drill: any(isinstance(step, PartitionStep) for step in drill.steps))
    assert small.steps[0] == WAIT and len(small.steps) == 2
    (_, cut) = small.steps
    assert isinstance(cut, PartitionStep)
    assert (cut.sides, cut.how, cut.direction) == ((("witness/1",), ("rest",)), "drop", "both")
    assert (cut.at, cut.until_s) == (Window(0.0, 0.0), 0.01)
    assert (small.settings, small.load.writers, small.load.readers, small.clients) == ({}, 1, 0, {})
    assert small.missed == "abandon"


def test_what_is_needed_stays() -> None:
    def violates(drill: Drill) -> bool:
        kills = [step for step in drill.steps if isinstance(step, KillStep)]
        return bool(kills and kills[0].on and kills[0].scope == "host" and drill.settings)

    small = reduced(violates)
    (_, kill) = small.steps
    assert isinstance(kill, KillStep) and kill.on is not None
    assert (kill.on.nth, kill.scope, kill.at) == (1, "host", Window(0.0, 0.0))
    assert small.settings == {"reference": {"nodes": 3}}


def test_a_drill_that_nothing_smaller_violates_stays_as_it_is() -> None:
    assert reduced(lambda drill: False) == WHOLE


def test_the_same_drill_always_shrinks_to_the_same_one_within_the_tries() -> None:
    asked = list[Drill]()

    def violates(drill: Drill) -> bool:
        asked.append(drill)
        return len(drill.steps) > 2

    assert reduced(violates) == reduced(violates)
    asked.clear()
    reduced(violates, tries_max=7)
    assert len(asked) == 7


def test_another_seed_that_violates_is_kept() -> None:
    small = shrink(WHOLE, lambda drill: structs.replace(drill, seed=99))
    assert small.seed == 99


def test_what_has_to_fit_in_time_moves_together() -> None:
    """Neither alone: the kill has to come while the cut lasts."""
    kill = structs.replace(KILL, on=None, at=Window(15.664, 15.664), until_s=17.0)
    cut = structs.replace(CUT, at=Window(15.0, 15.0), until_s=16.0)

    def violates(drill: Drill) -> bool:
        ends = [step.until_s for step in drill.steps if isinstance(step, PartitionStep)]
        at = [step.at.low_s for step in drill.steps if isinstance(step, KillStep)]
        return len(ends) == len(at) == 1 and ends[0] - 0.4 <= at[0] < ends[0]

    small = reduced(violates, structs.replace(WHOLE, steps=(WAIT, cut, kill, HoldStep(duration_s=20.0))))
    assert all(step.at.low_s < 1.1 for step in small.steps if isinstance(step, KillStep | PartitionStep))
