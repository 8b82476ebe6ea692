"""What the kernel's counters say of cuts: exact where a leg is a proxy's own, careful where it is shared."""

from __future__ import annotations

from harness.model.fault import Link
from harness.worlds.docker.faults.answers import Connection, Sockets
from harness.worlds.docker.faults.streams import Links, Look, crowded, full, passed
from harness.worlds.links.proxy import Proxy

A_TO_B = Link("a", "b")
HUB = "hub:50000"


def proxy(source: str, destination: str) -> Proxy:
    return Proxy(
        name=f"{source}-{destination}",
        source=source,
        destination=destination,
        listen=f"{source}.to.{destination}:1",
        upstream=f"{destination}:1",
    )


PROXIES = (proxy("a", "b"), proxy("b", "a"), proxy("c", "b"))


def near(source: str, destination: str, *, received: int = 0, acked: int = 0, **more: int) -> Connection:
    return _leg(f"{source}.to.{destination}:1", f"{source}:40000", received=received, acked=acked, **more)


def far(destination: str, *, local: str = HUB, received: int = 0, acked: int = 1, **more: int) -> Connection:
    return _leg(local, f"{destination}:1", received=received, acked=acked, **more)


def _leg(local: str, remote: str, *, received: int, acked: int, **more: int) -> Connection:
    return Connection(
        local=local,
        remote=remote,
        received=received,
        acked=acked,
        unread=more.get("unread", 0),
        unsent=more.get("unsent", 0),
    )


def look(*moments: tuple[Connection, ...]) -> Look:
    return Look(*(Sockets((), connections) for connections in moments))


def through(
    *moments: tuple[Connection, ...],
    silenced: tuple[Link, ...] = (A_TO_B,),
    slowed: tuple[Link, ...] = (),
) -> int:
    links = Links(cut=(A_TO_B,), silenced=silenced, slowed=slowed)
    return passed(links, PROXIES, look(*moments)).through


def test_what_comes_in_at_a_cut_is_counted_and_nothing_of_it_is_through() -> None:
    quiet = far("b", acked=101)
    seen = passed(
        Links(cut=(A_TO_B,), silenced=(A_TO_B,), slowed=()),
        PROXIES,
        look(
            (near("a", "b", received=100), quiet),
            (near("a", "b", received=110), quiet),
            (near("a", "b", received=150), quiet),
        ),
    )
    assert (seen.connections, seen.offered, seen.through) == (1, 50, 0)


def test_bytes_that_reach_the_destination_though_all_its_sources_are_cut_got_through() -> None:
    assert through((far("b", acked=1),), (far("b", acked=1),), (far("b", acked=8),)) == 7


def test_bytes_to_the_one_who_opened_the_connection_got_through() -> None:
    # b opened it; a's bytes travel back on it.
    assert through((near("b", "a"),), (near("b", "a", acked=5),), (near("b", "a", acked=9),)) == 4


def test_a_new_connection_that_delivers_is_found_and_its_opening_is_no_byte() -> None:
    assert through((), (), (far("b", acked=1),)) == 0
    assert through((), (), (far("b", acked=4),)) == 3


def test_what_was_under_way_when_the_cut_came_is_not_held_against_it() -> None:
    assert through((far("b", acked=1),), (far("b", acked=90),), (far("b", acked=90),)) == 0


def test_what_an_uncut_source_sent_is_not_held_against_the_cut() -> None:
    assert (
        through(
            (near("c", "b", received=0), far("b", acked=1)),
            (near("c", "b", received=30), far("b", acked=11)),
            (near("c", "b", received=60), far("b", acked=61)),
        )
        == 0
    )


def test_more_than_the_uncut_sources_sent_got_through_the_cut() -> None:
    assert (
        through(
            (near("c", "b", received=0), far("b", acked=1)),
            (near("c", "b", received=0), far("b", acked=1)),
            (near("c", "b", received=10), far("b", acked=26)),
        )
        == 15
    )


def test_what_another_cut_holds_back_is_not_counted_as_sent() -> None:
    moments = (
        (near("c", "b", received=0), far("b", acked=1)),
        (near("c", "b", received=0), far("b", acked=1)),
        (near("c", "b", received=10), far("b", acked=11)),
    )
    assert through(*moments) == 0
    assert through(*moments, silenced=(A_TO_B, Link("c", "b"))) == 10


def test_what_a_slowed_source_sent_long_ago_is_not_held_against_the_cut() -> None:
    moments = ((far("b", acked=1),), (far("b", acked=1),), (far("b", acked=9),))
    assert through(*moments) == 8
    assert through(*moments, slowed=(Link("c", "b"),)) == 0
    # A cut one sends no more, however slow it is.
    assert through(*moments, silenced=(A_TO_B, Link("c", "b")), slowed=(Link("c", "b"),)) == 8


def test_a_connection_that_ends_takes_nothing_through() -> None:
    assert through((far("b", acked=9),), (far("b", acked=9),), ()) == 0


def seen(*connections: Connection) -> Sockets:
    return Sockets((), connections)


def test_a_stream_is_full_when_one_leg_waits_to_be_read_and_nothing_is_taken_of_the_other() -> None:
    forth = seen(near("a", "b", unread=9), far("b", acked=5, unsent=7))
    back = seen(near("b", "a", acked=5, unsent=7), far("a", unread=9))
    assert full(PROXIES, forth, forth) == crowded(PROXIES, forth) == {"a-b"}
    assert full(PROXIES, back, back) == crowded(PROXIES, back) == {"b-a"}


def test_a_stream_of_which_something_is_taken_is_only_busy() -> None:
    earlier = seen(near("a", "b", unread=9), far("b", acked=5, unsent=7))
    assert crowded(PROXIES, earlier) == {"a-b"}
    assert full(PROXIES, earlier, seen(near("a", "b", unread=9), far("b", acked=6, unsent=7))) == frozenset()
    assert full(PROXIES, earlier, seen(near("a", "b", unread=9), far("b", acked=12))) == frozenset()
    assert full(PROXIES, earlier, seen(near("a", "b"), far("b", acked=5, unsent=7))) == frozenset()


def test_a_stalled_stream_is_not_full_since_nothing_of_it_waits_for_a_reader() -> None:
    stalled = seen(near("a", "b", unread=9), far("b", acked=5))
    assert crowded(PROXIES, stalled) == full(PROXIES, stalled, stalled) == frozenset()
