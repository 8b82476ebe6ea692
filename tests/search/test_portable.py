from __future__ import annotations

from msgspec import structs

from harness.model.drill import (
    CrashStep,
    DiskStep,
    Drill,
    KillStep,
    PartitionStep,
    Step,
    Trigger,
    WaitStep,
    Window,
)
from harness.model.event import MomentCame, PhaseReached
from harness.model.journal import Entry, TrialBegan, WaitEnded
from harness.search.portable import bound, freed
from tests.search.fields import drawn

ON_SEAL = Trigger(act="sends", what="Seal", nth=3, within_s=6.0)
AFTER = Window(0.01, 0.01)
KILL = KillStep(verb="kill", victim="primary", scope="host", at=AFTER, until_s=0.51, on=ON_SEAL)
CRASH = CrashStep(
    victim="primary", side="before", act="sends", what="Seal", at=AFTER, within_s=3.0, until_s=1.0, on=ON_SEAL
)
STALL = DiskStep(victim="primary", does="stall", at=Window(1.0, 1.0), until_s=2.0)
DRILL = structs.replace(drawn(3).drill, steps=(WaitStep(wait_for="steady", within_s=20.0), KILL))


def told(at_s: float, phase: str = "decided") -> PhaseReached:
    return PhaseReached(at_s=at_s, host="w1", phase=phase, epoch=1, subject="n1")  # type: ignore[arg-type]


ENTRIES: list[Entry] = [
    TrialBegan(trial=1, at_s=0.9, primary="n1"),
    WaitEnded(trial=1, index=0, at_s=1.0, met=True, text="steady"),
    told(1.5),
    told(3.0),
    MomentCame(moment_id="t1.s1.on", host="w1", text="w1 sends Seal", at_s=3.214),
]


def others(drill: Drill = DRILL, entries: list[Entry] | None = None) -> list[Step]:
    told = ENTRIES if entries is None else entries
    return [other.steps[1] for other in freed(drill, 1, told, {"kill", "pause", "partition", "crash"})]


def test_it_counts_from_the_phase_just_before_or_from_the_wait() -> None:
    from_phase, *from_times = others()
    on = Trigger(act="tells", what="decided", nth=2, within_s=6.0)
    assert from_phase == structs.replace(KILL, on=on, at=Window(0.224, 0.224), until_s=0.724)
    assert from_times == [
        structs.replace(KILL, on=None, at=Window(at_s, at_s), until_s=until_s)
        for at_s, until_s in ((2.2, 2.7), (2.22, 2.72), (2.224, 2.724))
    ]


def test_a_phase_of_long_ago_has_nothing_to_do_with_it() -> None:
    entries = [entry for entry in ENTRIES if entry != told(3.0)]
    assert [getattr(step, "on", "none") for step in others(entries=entries)] == [None, None, None]


def test_a_moment_that_never_came_has_no_time() -> None:
    assert others(entries=ENTRIES[:-1]) == []


def test_what_keeps_a_drill_to_the_simulator_are_acts_inside_but_no_crash_points_and_its_own_faults() -> None:
    told_on = structs.replace(KILL, on=Trigger(act="tells", what="decided", within_s=6.0))
    untimed = structs.replace(KILL, on=None)
    drill = structs.replace(DRILL, steps=(KILL, told_on, CRASH, untimed, STALL, KILL))
    assert bound(drill, {"kill", "crash"}) == (0, 4, 5)
    assert bound(drill, {"kill", "crash", "disk"}) == (0, 5)


def test_a_fault_that_only_the_simulator_has_gives_way_to_what_does_the_same_to_the_cluster() -> None:
    stalled = structs.replace(DRILL, steps=(DRILL.steps[0], STALL))
    *cuts, pause = others(stalled)
    assert [one.sides[1] for one in cuts if isinstance(one, PartitionStep)] == [
        ("witnesses",),
        ("standbys", "witnesses"),
        ("rest",),
    ]
    assert isinstance(pause, KillStep) and (pause.verb, pause.victim) == ("pause", "primary")
    assert {(one.at, one.until_s) for one in (*cuts, pause)} == {(STALL.at, STALL.until_s)}  # type: ignore[union-attr]


def test_a_store_that_is_lost_is_like_nothing_else() -> None:
    lost = structs.replace(DRILL, steps=(DRILL.steps[0], structs.replace(STALL, does="lose")))
    assert others(lost) == []


def test_what_is_bound_twice_is_freed_of_both() -> None:
    bound_twice = structs.replace(DRILL, steps=(DRILL.steps[0], structs.replace(STALL, on=ON_SEAL)))
    found = others(bound_twice)
    assert len(found) == 4 * 4
    assert all(isinstance(one, KillStep | PartitionStep) for one in found)
    assert all(one.on is None or one.on.act == "tells" for one in found)  # type: ignore[union-attr]
