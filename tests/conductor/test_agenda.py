"""Wakes that were asked for: each fires once."""

from __future__ import annotations

from harness.conductor.agenda import Agenda


def test_a_wake_does_what_it_was_asked_for_once() -> None:
    done: list[str] = []
    agenda = Agenda()
    wake = agenda.after(2.0, "t1.heal", lambda: done.append("healed"))
    assert (wake.after_s, wake.wake_id.startswith("t1.heal.")) == (2.0, True)
    agenda.woke(wake.wake_id)
    agenda.woke(wake.wake_id)
    assert done == ["healed"]


def test_two_of_one_name_are_two() -> None:
    agenda = Agenda()
    first, second = (agenda.after(1.0, "x", lambda: None) for _ in range(2))
    assert first.wake_id != second.wake_id


def test_nothing_is_due_in_the_past() -> None:
    assert Agenda().after(-3.0, "x", lambda: None).after_s == 0.0


def test_a_cleared_agenda_does_nothing_more() -> None:
    done: list[str] = []
    agenda = Agenda()
    wake = agenda.after(1.0, "x", lambda: done.append("x"))
    agenda.clear()
    agenda.woke(wake.wake_id)
    assert done == []


def test_a_wake_that_nobody_asked_for_is_ignored() -> None:
    Agenda().woke("unknown")
