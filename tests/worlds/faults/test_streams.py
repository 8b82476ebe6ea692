"""What the kernel's counters say of cuts: exact where a leg is a proxy's own, careful where it is shared."""

from __future__ import annotations

from harness.model.fault import Link
from harness.worlds.faults.answers import Connection, Sockets
from harness.worlds.faults.streams import Links, Look, crowded, full, passed
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


def near(source: str, destination: str, **counts: int) -> Connection:
    return Connection(local=f"{source}.to.{destination}:1", remote=f"{source}:40000", **counts)


def far(destination: str, **counts: int) -> Connection:
    return Connection(local=HUB, remote=f"{destination}:1", **counts)


def look(*moments: tuple[Connection, ...]) -> Look:
    """At the first, at both ends of the window, and after it: of three, nothing happens after it."""
    first, begin, end, last = (Sockets((), legs) for legs in (*moments, moments[-1])[:4])
    return Look(first, begin, end, last)


def through(
    *moments: tuple[Connection, ...],
    silenced: tuple[Link, ...] = (A_TO_B,),
    slowed: tuple[Link, ...] = (),
) -> int:
    links = Links(cut=(A_TO_B,), silenced=silenced, slowed=slowed)
    return passed(links, PROXIES, look(*moments)).through


def test_what_comes_in_at_a_cut_is_counted_and_nothing_of_it_is_through() -> None:
    quiet = far("b", written=100)
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
    assert through((far("b", written=0),), (far("b", written=0),), (far("b", written=7),)) == 7


def test_bytes_to_the_one_who_opened_the_connection_got_through() -> None:
    # b opened it; a's bytes travel back on it.
    assert through((near("b", "a"),), (near("b", "a", written=5),), (near("b", "a", written=9),)) == 4


def test_a_new_connection_that_delivers_is_found() -> None:
    assert through((), (), (far("b", written=0),)) == 0
    assert through((), (), (far("b", written=3),)) == 3


def test_what_was_under_way_when_the_cut_came_is_not_held_against_it() -> None:
    assert through((far("b", written=0),), (far("b", written=89),), (far("b", written=89),)) == 0


def test_what_an_uncut_source_sent_is_not_held_against_the_cut() -> None:
    assert (
        through(
            (near("c", "b", received=0), far("b", written=0)),
            (near("c", "b", received=30), far("b", written=10)),
            (near("c", "b", received=60), far("b", written=60)),
        )
        == 0
    )


def test_more_than_the_uncut_sources_sent_got_through_the_cut() -> None:
    assert (
        through(
            (near("c", "b", received=0), far("b", written=0)),
            (near("c", "b", received=0), far("b", written=0)),
            (near("c", "b", received=10), far("b", written=25)),
        )
        == 15
    )


def test_what_another_cut_holds_back_is_not_counted_as_sent() -> None:
    moments = (
        (near("c", "b", received=0), far("b", written=0)),
        (near("c", "b", received=0), far("b", written=0)),
        (near("c", "b", received=10), far("b", written=10)),
    )
    assert through(*moments) == 0
    assert through(*moments, silenced=(A_TO_B, Link("c", "b"))) == 10


def test_what_a_slowed_source_sent_long_ago_is_not_held_against_the_cut() -> None:
    moments = ((far("b", written=0),), (far("b", written=0),), (far("b", written=8),))
    assert through(*moments) == 8
    assert through(*moments, slowed=(Link("c", "b"),)) == 0
    # A cut one sends no more, however slow it is.
    assert through(*moments, silenced=(A_TO_B, Link("c", "b")), slowed=(Link("c", "b"),)) == 8


def test_a_connection_that_ends_takes_nothing_through() -> None:
    assert through((far("b", written=8),), (far("b", written=8),), ()) == 0


def test_what_a_kernel_confirms_late_did_not_get_through_late() -> None:
    unconfirmed, confirmed = far("b", written=90, acked=1), far("b", written=90, acked=91)
    assert through((unconfirmed,), (unconfirmed,), (confirmed,)) == 0
    unconfirmed, confirmed = near("b", "a", written=90), near("b", "a", written=90, acked=90)
    assert through((unconfirmed,), (unconfirmed,), (confirmed,)) == 0


def test_what_is_written_past_a_cut_got_through_though_nobody_confirms_it() -> None:
    assert through((far("b", acked=1),), (far("b", acked=1),), (far("b", written=7, acked=1),)) == 7


def test_what_waited_for_toxiproxy_all_the_time_is_not_held_against_the_cut() -> None:
    before = (near("c", "b", received=30, unread=30), far("b"))
    assert through(before, before, (near("c", "b", received=30), far("b", written=30))) == 0


def test_a_look_that_sees_the_near_end_before_the_bytes_and_the_far_end_after_them_accuses_nobody() -> None:
    quiet = (near("c", "b"), far("b"))
    assert through(quiet, quiet, (near("c", "b"), far("b", written=9)), (near("c", "b", received=9),)) == 0


def test_what_was_last_seen_of_a_source_that_goes_away_counts() -> None:
    quiet, gone = (near("c", "b"), far("b")), (far("b", written=9),)
    assert through(quiet, (near("c", "b", received=9), far("b")), gone) == 0
    ends = Sockets((), gone, (near("c", "b", received=9),))
    links = Links(cut=(A_TO_B,), silenced=(A_TO_B,), slowed=())
    assert passed(links, PROXIES, Look(Sockets(), Sockets(), ends, Sockets())).through == 0


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
