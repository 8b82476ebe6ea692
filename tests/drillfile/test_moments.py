"""What a step counts from: a phase, or an act by its kind, whose, and which of many."""

from __future__ import annotations

import pytest

from harness.drillfile.moments import ACTS, PHASES
from harness.model.drill import ControlStep, KillStep, LatencyStep, PartitionStep, Trigger
from tests.drillfile.written import step, wrong_step

KILL = "- kill: primary\n  until: 3s\n  on: "


def on(written: str) -> Trigger | None:
    read = step(KILL + written)
    assert isinstance(read, KillStep)
    return read.on


def test_a_phase_is_one_word() -> None:
    assert on("decided") == Trigger(act="tells", what="decided", within_s=20.0)


def test_an_act_may_say_whose_it_is_and_which_of_many() -> None:
    assert on("{sends: Granted, host: witness/2, nth: 3}") == Trigger(
        act="sends", what="Granted", host="witness/2", nth=3, within_s=20.0
    )


def test_it_is_waited_for_as_long_as_the_step_says() -> None:
    assert on("decided\n  within: 2s") == Trigger(act="tells", what="decided", within_s=2.0)


def test_a_step_without_a_moment_has_none() -> None:
    read = step("- kill: primary\n  until: 3s")
    assert isinstance(read, KillStep)
    assert read.on is None


@pytest.mark.parametrize(
    "verb",
    [
        "- partition: [primary, rest]\n  until: 3s",
        "- latency: [primary, rest]\n  delay: 9ms\n  until: 3s",
        "- switchover: {to: standby}",
    ],
)
def test_every_step_with_a_time_can_count_from_a_moment(verb: str) -> None:
    read = step(f"{verb}\n  on: promoted")
    assert isinstance(read, PartitionStep | LatencyStep | ControlStep)
    assert read.on is not None


@pytest.mark.parametrize("act", ACTS)
def test_every_act_can_be_counted_from(act: str) -> None:
    word = "register" if act == "tells" else "Something"
    assert on(f"{{{act}: {word}}}") == Trigger(act=act, what=word, within_s=20.0)


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_can_be_counted_from(phase: str) -> None:
    assert on(phase) == on(f"{{tells: {phase}}}")


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("decidet", "steps[0].on", "unknown word 'decidet'; did you mean 'decided'?"),
        ("sends", "steps[0].on", "'sends' alone is no moment; write a phase like decided, or an act like"),
        ("[decided]", "steps[0].on", "here stands no moment; write a phase like decided"),
        ("{nth: 3}", "steps[0].on", "a moment needs an act: one of tells, sends"),
        ("{sends: A, receives: B}", "steps[0].on.receives", "one act, here are sends and receives; keep one"),
        ("{tells: decidet}", "steps[0].on.tells", "did you mean 'decided'?"),
        ("{sents: A}", "steps[0].on.sents", "a moment has no word 'sents'; did you mean 'sends'?"),
        ("{sends: A, nth: 0}", "steps[0].on.nth", "'0' is no whole number from 1"),
        ("{sends: }", "steps[0].on.sends", "nothing stands where"),
        ("decided\n  within: 0s", "steps[0].within", "'0s' is not from 1ms"),
    ],
)
def test_a_slip_is_told_with_its_field_and_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(KILL + written)
    assert (error.field, says in error.problem) == (field, True), error.problem


def test_a_time_is_not_waited_for() -> None:
    error = wrong_step("- kill: primary\n  until: 3s\n  within: 2s")
    assert (error.field, error.line) == ("steps[0].within", 6)
    assert "within goes with on" in error.problem
