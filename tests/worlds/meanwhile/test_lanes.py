"""Which work waits for which."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from harness.worlds.meanwhile.lanes import Lanes

PATIENCE_S = 5.0


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(8, "lanes")
    yield made
    made.close()


def test_what_touches_the_same_goes_in_the_order_in_which_it_was_asked_for(lanes: Lanes) -> None:
    done: list[int] = []
    over = threading.Event()
    for number in range(50):
        lanes.submit({"a", f"{number}"}, partial(done.append, number))
    lanes.submit({"a"}, over.set)
    assert over.wait(PATIENCE_S)
    assert done == [*range(50)]


def test_what_touches_several_waits_for_each_of_them(lanes: Lanes) -> None:
    go_on, over, done = threading.Event(), threading.Event(), list[str]()

    def held_up() -> None:
        go_on.wait(PATIENCE_S)
        done.append("b")

    lanes.submit({"b"}, held_up)
    lanes.submit({"a", "b"}, partial(done.append, "both"))
    lanes.submit({"a"}, partial(done.append, "a"))
    lanes.submit({"a"}, over.set)
    go_on.set()
    assert over.wait(PATIENCE_S)
    assert done == ["b", "both", "a"]


def test_what_touches_nothing_of_another_does_not_wait_for_it(lanes: Lanes) -> None:
    go_on, over = threading.Event(), threading.Event()

    def held_up() -> None:
        go_on.wait(PATIENCE_S)

    lanes.submit({"a"}, held_up)
    lanes.submit({"b"}, over.set)
    assert over.wait(PATIENCE_S)
    go_on.set()


def test_work_that_goes_wrong_holds_up_nobody(lanes: Lanes) -> None:
    over = threading.Event()

    def wrong() -> None:
        raise ZeroDivisionError

    lanes.submit({"a"}, wrong)
    lanes.submit({"a"}, over.set)
    assert over.wait(PATIENCE_S)
