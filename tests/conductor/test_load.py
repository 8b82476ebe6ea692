"""What the clients' returns tell the conductor."""

from __future__ import annotations

from harness.conductor.load import LoadSeen
from tests.checkers.journals import acked, read, refused, unknown


def test_good_writes_in_a_row_are_counted_by_client() -> None:
    load = LoadSeen()
    for op in (acked("a", 1, 2), acked("b", 2, 3), acked("c", 2, 3, client="client2")):
        load.seen(op)
    assert load.streaks == {"client1": 2, "client2": 1}


def test_a_bad_one_begins_the_row_anew() -> None:
    load = LoadSeen()
    for op in (acked("a", 1, 2), refused("b", 2, 3), acked("c", 3, 4), unknown("d", 4)):
        load.seen(op)
    assert load.streaks == {"client1": 0}


def test_reads_say_nothing_about_service() -> None:
    load = LoadSeen()
    load.seen(read("a", 1, 2))
    assert load.streaks == {}


def test_only_calls_from_now_on_count() -> None:
    load = LoadSeen()
    load.seen(acked("a", 1, 2))
    load.count_from(5.0)
    load.seen(acked("b", 4.9, 6))
    assert load.streaks == {}
    load.seen(acked("c", 5.0, 6))
    assert load.streaks == {"client1": 1}


def test_good_writes_of_the_last_second_are_for_the_picture() -> None:
    load = LoadSeen()
    for at in (1.0, 1.5, 2.0):
        load.seen(acked("a", at, at))
    assert (load.ok_last_s(2.2), load.ok_last_s(2.6), load.ok_last_s(9.0)) == (2, 1, 0)
