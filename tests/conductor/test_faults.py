"""The table of faults: every one that was asked for gets healed, once."""

from __future__ import annotations

from harness.conductor.faults import FaultTable
from harness.model.command import Heal

A, B = Heal("a"), Heal("b")


def asked(*names: str) -> FaultTable:
    table = FaultTable()
    for name in names:
        table.asked(name)
    return table


def in_force(*names: str) -> FaultTable:
    table = asked(*names)
    for name in names:
        assert table.applied(name) == []
    return table


def test_a_fault_in_force_is_healed_when_it_ends() -> None:
    assert in_force("a").end("a") == [A]


def test_it_is_healed_once() -> None:
    table = in_force("a")
    assert (table.end("a"), table.end("a"), table.end_all()) == ([A], [], [])


def test_one_that_is_not_answered_yet_ends_on_time_and_once() -> None:
    table = asked("a")
    assert (table.end("a"), table.stage("a"), table.unanswered) == ([A], "overtaken", True)
    assert (table.applied("a"), table.stage("a"), table.unanswered) == ([], "healing", False)


def test_one_that_did_not_bite_before_its_end_came_is_healed_once() -> None:
    table = asked("a")
    assert (table.end("a"), table.inject_failed("a"), table.stage("a")) == ([A], [], "healing")


def test_what_has_yet_to_end_is_started_again_once_it_has() -> None:
    table = FaultTable()
    table.asked("a", is_ending=True)
    assert (table.end("a"), table.applied("a"), table.stage("a")) == ([], [A], "healing")


def test_what_did_not_bite_is_healed_all_the_same() -> None:
    assert asked("a").inject_failed("a") == [A]


def test_an_answer_that_comes_too_late_heals_nothing_twice() -> None:
    table = asked("a")
    table.inject_failed("a")
    assert (table.applied("a"), table.stage("a")) == ([], "healing")


def test_all_end_together() -> None:
    table = in_force("a", "b")
    assert table.end_all() == [A, B]


def test_when_nobody_waits_any_more_the_unanswered_are_healed_too() -> None:
    table = in_force("a")
    table.asked("b", is_ending=True)
    assert table.give_up() == [A, B]
    assert table.give_up() == []


def test_what_is_gone_is_forgotten() -> None:
    table = in_force("a")
    table.gone("a")
    assert (bool(table), table.open, table.end("a"), table.stage("a")) == (False, (), [], None)


def test_a_fault_that_nobody_asked_for_is_none_of_its_business() -> None:
    table = FaultTable()
    assert (table.applied("z"), table.end("z")) == ([], [])
    table.gone("z")
    assert not table


def test_it_knows_whether_an_answer_is_missing() -> None:
    table = asked("a")
    assert table.unanswered
    table.applied("a")
    assert (table.unanswered, table.open) == (False, ("a",))
