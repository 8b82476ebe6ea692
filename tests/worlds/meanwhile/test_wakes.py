"""The run is told when it asked to be."""

from __future__ import annotations

from harness.worlds.meanwhile.wakes import Wakes


def test_a_wake_is_told_once_and_not_before_its_time() -> None:
    wakes = Wakes()
    wakes.add("later", 2.0)
    assert wakes.due(1.9) == []
    assert wakes.due(2.0) == ["later"]
    assert wakes.due(9.0) == []


def test_those_that_are_due_come_in_the_order_of_their_times_then_of_their_asking() -> None:
    wakes = Wakes()
    for name, due_s in (("c", 3.0), ("b", 2.0), ("a", 1.0), ("b2", 2.0)):
        wakes.add(name, due_s)
    assert wakes.due(2.5) == ["a", "b", "b2"]


def test_the_wait_is_as_long_as_the_next_wake_allows() -> None:
    wakes = Wakes()
    assert wakes.in_s(1.0, at_most_s=0.1) == 0.1
    wakes.add("soon", 1.04)
    assert round(wakes.in_s(1.0, at_most_s=0.1), 6) == 0.04
    assert wakes.in_s(5.0, at_most_s=0.1) == 0.0
