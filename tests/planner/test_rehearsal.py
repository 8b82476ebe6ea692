"""Roles that nobody can play are refused at planning time; those that somebody may are left to the run."""

from __future__ import annotations

import re

import pytest

from tests.planner.planning import planned, refused, with_steps

KILL = "- kill: primary\n  until: 1s\n"


@pytest.mark.parametrize(
    ("steps", "line", "index", "says"),
    [
        ("- kill: primry\n  until: 1s", 4, 0, "unknown role or host 'primry'; did you mean 'primary'?"),
        ("- kill: n3\n  until: 1s", 4, 0, "unknown role or host 'n3'"),
        ("- kill: witnesses\n  until: 1s", 4, 0, "names 3 hosts"),
        ("- kill: rest\n  until: 1s", 4, 0, "unknown role or host 'rest'"),
        ("- kill: clients in turn\n  until: 1s", 4, 0, "'clients in turn' is a client: a kill would cost"),
        ("- kill: victims in turn\n  until: 1s", 4, 0, "'victims' has no turns"),
        ("- kill: client/1\n  until: 1s", 4, 0, "cut it off instead: partition: [[client/1], rest]"),
        ("- kill: victim\n  until: 1s", 4, 0, "no victim before a fault has hit a data node"),
        ("- pause: old primary\n  until: 1s", 4, 0, "no old primary before a fault has begun"),
        ("- kill: witness/1\n  until: 1s\n- kill: victim\n  until: 1s", 6, 1, "no victim before"),
        (
            "- latency: [primary, rest]\n  delay: 1ms\n  until: 1s\n- kill: victim\n  until: 1s",
            7,
            1,
            "no victim",
        ),
        ("- partition: [primary, witness/9]\n  until: 1s", 4, 0, "no witness/9"),
        ("- partition: [standby, standbys]\n  until: 1s", 4, 0, "would be on two sides"),
        ("- partition: [[n1, n2, witnesses, router, clients], rest]\n  until: 1s", 4, 0, "nothing is left"),
        (KILL + "- wait: {for: rejoined, host: witness/1, within: 1s}", 6, 1, "only those rejoin"),
        ("- wait: {for: rejoined, host: victim, within: 1s}", 4, 0, "no victim before"),
        ("- switch: primary\n  how: lies\n  until: 1s", 4, 0, "the setting `fence: device` gives one"),
        ("- switchover: {to: router}", 4, 0, "only those become primary"),
        ("- switchover: {to: primary}", 4, 0, "is the primary already"),
        ("- order: {do: promote, to: primary}", 4, 0, "is the primary already"),
        ("- order: {do: maintenance on, to: standby}", 4, 0, "asked of a witness, like witness/1"),
        ("- order: {do: power off, to: standby}", 4, 0, "`fence: device` gives it a power switch"),
        ("- hold: 1s\n- switchover: {to: n9}", 5, 1, "unknown role or host 'n9'"),
    ],
)
def test_what_nobody_can_play_is_refused(steps: str, line: int, index: int, says: str) -> None:
    error = refused(with_steps(steps))
    verb = re.findall(r"^- (\w+):", steps, re.MULTILINE)[index]
    assert (error.path, error.line, error.field) == ("mine.yaml", line, f"steps[{index}].{verb}")
    assert says in error.problem


def test_a_verb_that_stands_below_other_words_is_pointed_at() -> None:
    error = refused(with_steps("- at: 1s\n  kill: primry\n  until: 3s"))
    assert (error.line, error.field) == (5, "steps[0].kill")


@pytest.mark.parametrize(
    "steps",
    [
        KILL + "- wait: {for: rejoined, host: victim, within: 1s}",
        KILL + "- pause: old primary\n  until: 1s",
        KILL + "- latency: [victim, rest]\n  delay: 1ms\n  until: 1s",
        KILL + "- partition: [old primary, primary]\n  until: 1s",
        "- isolate: primary\n  until: 1s\n- kill: victim\n  until: 1s",
        "- partition: [primary, n2]\n  until: 1s",
        "- partition: [[witnesses/minority, primary], rest]\n  until: 1s",
        "- partition: [primary, standby, witnesses, rest]\n  until: 1s",
        "- partition: [[client/1], rest]\n  until: 1s",
        "- kill: router\n  until: 1s",
        "- kill: witnesses/minority\n  until: 1s",
        "- switchover: {to: n2}",
        "- wait: {for: rejoined, within: 1s}",
    ],
)
def test_what_somebody_may_play_is_planned(steps: str) -> None:
    assert planned(with_steps(steps)).trials


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        (
            "- disk: router\n  does: stall\n  until: 1s",
            "'router' is router: only data nodes and witnesses have a store",
        ),
        ("- clock: client/1\n  rate: 1.1\n  until: 1s", "only data nodes and witnesses have a clock"),
        ("- disk: witnesses\n  does: fail\n  until: 1s", "names 3 hosts"),
    ],
)
def test_only_who_keeps_something_has_a_disk_and_only_who_waits_a_clock(steps: str, says: str) -> None:
    assert says in refused(with_steps(steps), world="simulator").problem


def test_who_is_named_in_turn_needs_as_many_trials() -> None:
    isolate = with_steps("- isolate: hosts in turn\n  until: 1s")
    error = refused(isolate)
    assert error.field == "trials"
    assert "6 hosts take their turn, one in each trial; write trials: 6 or more" in error.problem
    assert planned(isolate.replace("steps:", "trials: 6\nsteps:"))


def test_each_turn_must_be_playable() -> None:
    """The router has no disk; that its turn is the last one changes nothing."""
    error = refused(with_steps("- disk: hosts in turn\n  does: stall\n  until: 1s"), world="simulator")
    assert "only data nodes and witnesses have a store" in error.problem
