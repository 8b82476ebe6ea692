"""Whom the register names is told so until it beats, though whoever promoted it has died."""

from __future__ import annotations

from targets.reference.machines.witness.reminder import TIMER, Reminder
from targets.reference.machines.words.grammar import Send, SetTimer
from targets.reference.machines.words.messages import Promote
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S = SETTINGS.detector.interval_s
REIGN = (2, "n2")


def test_it_is_reminded_when_it_has_not_beaten_for_an_interval_and_again_after_each() -> None:
    reminder = Reminder("w1", SETTINGS)
    assert reminder.watch(10.0, REIGN) == SetTimer(TIMER, 10.0 + INTERVAL_S)
    for at_s in (10.1, 10.2):
        assert reminder.fired(at_s) == [Send("n2", Promote(2)), SetTimer(TIMER, at_s + INTERVAL_S)]


def test_who_was_heard_is_reminded_no_more() -> None:
    reminder = Reminder("w1", SETTINGS)
    reminder.watch(10.0, REIGN)
    reminder.over()
    assert reminder.fired(10.1) == []


def test_a_newer_reign_is_reminded_in_its_place() -> None:
    reminder = Reminder("w1", SETTINGS)
    reminder.watch(10.0, REIGN)
    reminder.watch(10.05, (3, "n1"))
    assert reminder.fired(10.2)[0] == Send("n1", Promote(3))


def test_witnesses_do_not_remind_at_one_moment() -> None:
    due_s = {Reminder(name, SETTINGS).watch(10.0, REIGN).at_s for name in SETTINGS.witnesses}
    assert len(due_s) == len(SETTINGS.witnesses)
