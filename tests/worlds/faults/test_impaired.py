"""What the counters say of impaired links: exact on a proxy's own leg, else silent."""

from __future__ import annotations

import pytest
from msgspec import structs

from harness.model.errors import WorldError
from harness.model.fault import Cut, Fault, Impair, Kill, Link, Pause, Slow
from harness.model.impairment import Bandwidth, Reset, Slicing, SlowClose
from harness.worlds.faults.answers import Connection
from harness.worlds.faults.impaired import late_links, shows, sliced, throttled
from tests.worlds.faults.test_streams import PROXIES, far, look, near, proxy

A_TO_B, B_TO_A, C_TO_B = Link("a", "b"), Link("b", "a"), Link("c", "b")
RATE = Bandwidth(10)
# What may arrive in a window of 0.1 s.
ALLOWED = 10_000 * 0.4 + 65536


def measured(links: tuple[Link, ...], before: Connection, after: Connection) -> str:
    return throttled(RATE, links, PROXIES, look((before,), (before,), (after,)), 0.1)


def test_what_came_back_to_who_opened_a_connection_is_counted() -> None:
    said = measured((B_TO_A,), near("a", "b", written=1000), near("a", "b", written=1500))
    assert said == "in 100 ms 5.0KB/s at most got through one of 1 connections; 10KB/s may"


def test_more_than_the_rate_allows_is_a_fault_that_did_not_bite() -> None:
    with pytest.raises(WorldError, match="bytes got through one connection in 100 ms"):
        measured((B_TO_A,), near("a", "b"), near("a", "b", written=int(ALLOWED) + 1))
    measured((B_TO_A,), near("a", "b"), near("a", "b", written=int(ALLOWED)))


def test_a_leg_that_another_source_may_use_is_not_counted() -> None:
    flood = far("b", written=10_000_000)
    assert "of 0 connections" in measured((A_TO_B,), far("b"), flood)
    with pytest.raises(WorldError):
        measured((A_TO_B, C_TO_B), far("b"), flood)


def test_segments_are_told_with_their_size() -> None:
    before = near("a", "b", written=100)
    after = structs.replace(near("a", "b", written=300), segments=20)
    said = sliced(Slicing(10, 0.0), (B_TO_A,), PROXIES, look((before,), (before,), (after,)), 0.1)
    assert said == "in 100 ms 200 bytes left in 20 segments, 10 in each on 1 connections, in pieces of 10"


@pytest.mark.parametrize(
    ("other", "shown"),
    [
        (Cut((A_TO_B,), "drop"), False),
        (Cut((B_TO_A,), "stall"), False),
        (Cut((A_TO_B,), "loss"), False),
        (Kill("b", "process"), False),
        (Kill("a", "host"), False),
        (Slow((A_TO_B,), 1.0, 0.0), False),
        (Pause("b", "host"), True),
        (Cut((C_TO_B,), "drop"), True),
        (Impair((A_TO_B,), RATE), True),
    ],
    ids=str,
)
def test_a_probe_shows_nothing_where_another_fault_would_be_met_first(other: Fault, shown: bool) -> None:
    assert shows(proxy("a", "b"), [Impair((A_TO_B, B_TO_A), Reset()), other]) is shown


@pytest.mark.parametrize(
    ("fault", "late"),
    [
        (Slow((A_TO_B,), 1.0, 0.0), True),
        (Impair((A_TO_B,), RATE), True),
        (Impair((A_TO_B,), Slicing(10, 0.1)), True),
        (Impair((A_TO_B,), Reset()), False),
        (Impair((A_TO_B,), SlowClose(1.0)), False),
        (Cut((A_TO_B,), "drop"), False),
    ],
    ids=str,
)
def test_what_is_held_back_arrives_when_nobody_sends(fault: Fault, late: bool) -> None:
    assert late_links(fault) == ((A_TO_B,) if late else ())
