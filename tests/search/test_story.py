from __future__ import annotations

from harness.model.event import Applied, Healed, PhaseReached, RoleChanged, Violated
from harness.model.fault import Kill
from harness.model.journal import Entry, TrialBegan
from harness.search.outcome import Broken
from harness.search.story import story

ENTRIES: list[Entry] = [
    RoleChanged(at_s=0.5, host="n1", role="primary", epoch=1),
    TrialBegan(trial=1, at_s=1.0, primary="n1"),
    Applied(fault_id="f", fault=Kill("n1", "process"), before_s=2.0, after_s=2.0, evidence=("dead",)),
    PhaseReached(at_s=2.1, host="w1", phase="decided", epoch=1, subject="n1"),
    RoleChanged(at_s=2.2, host="n2", role="primary", epoch=2),
    Violated(at_s=2.3, host="n2", invariant="two-deciders", detail="n1 and n2 can decide at once"),
    Healed(fault_id="f", before_s=3.0, after_s=3.0, evidence=("runs",)),
]
BROKEN = (Broken("two-deciders", 2.3, "n1 and n2 can decide at once"), Broken("stale_reads", None, ""))


def test_a_story_goes_from_the_first_fault_to_what_broke() -> None:
    assert story(ENTRIES, BROKEN, head="Schedule 3").splitlines() == [
        "Schedule 3: two-deciders. n1 and n2 can decide at once",
        "",
        "   0.000 s  n1 is primary; the load starts",
        "   1.000 s  kill n1 (process)",
        "   1.100 s  w1: decided (n1, epoch 1)",
        "   1.200 s  n2 is primary, epoch 2",
        "   1.300 s  BROKEN, two-deciders: n1 and n2 can decide at once",
        "",
        "It shows as: two-deciders, stale_reads.",
    ]


def test_what_has_no_moment_is_told_to_the_end() -> None:
    assert "over: kill n1 (process)" in story(ENTRIES, BROKEN[1:], head="")


def test_a_long_story_keeps_its_beginning_and_its_end() -> None:
    lines = story([*ENTRIES[:3], *ENTRIES[3:4] * 99, *ENTRIES[5:6]], BROKEN, head="").splitlines()
    assert len(lines) < 50 and any("lines …" in line for line in lines)
    assert "kill n1" in lines[3] and "BROKEN" in lines[-3]
