from __future__ import annotations

from msgspec import structs

from harness.model.drill import CrashStep, Drill, KillStep, Step, Trigger, WaitStep, Window
from harness.model.event import MomentCame, PhaseReached
from harness.model.journal import Entry, TrialBegan, WaitEnded
from harness.search.untying import tied, untied
from tests.search.fields import drawn

ON_SEAL = Trigger(act="sends", what="Seal", nth=3, within_s=6.0)
AFTER = Window(0.01, 0.01)
KILL = KillStep(verb="kill", victim="primary", scope="host", at=AFTER, until_s=0.51, on=ON_SEAL)
CRASH = CrashStep(
    victim="primary", side="before", act="sends", what="Seal", at=AFTER, within_s=3.0, until_s=1.0, on=ON_SEAL
)
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
    return [other.steps[1] for other in untied(drill, 1, ENTRIES if entries is None else entries)]


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


def test_tied_is_what_counts_from_an_act_inside_and_no_crash_point() -> None:
    told_on = structs.replace(KILL, on=Trigger(act="tells", what="decided", within_s=6.0))
    untimed = structs.replace(KILL, on=None)
    assert tied(structs.replace(DRILL, steps=(KILL, told_on, CRASH, untimed, KILL))) == (0, 4)
