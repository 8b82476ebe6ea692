"""The steps of a failover: the first of each kind, of the right reign."""

from __future__ import annotations

from harness.checkers import phases
from tests.checkers.journals import Entries, acked, killed, look, phase, says, unknown

PRIMARY = says("n1", "primary", 1, at=0.0)
KILLED = killed("n1", at=1.0, until=3.0)


def steps(*entries: Entries) -> list[tuple[str, float]]:
    return [(p.phase, round(p.after_fault_s, 3)) for p in phases.check(look(PRIMARY, *entries))]


def test_they_stand_in_the_order_of_time_after_the_fault() -> None:
    told = [phase("promoted", 2, at=1.5), phase("decided", 1, at=1.3), phase("suspected", 1, at=1.1)]
    assert steps(KILLED, told) == [("suspected", 0.099), ("decided", 0.299), ("promoted", 0.499)]


def test_the_first_of_each_kind_counts() -> None:
    assert steps(KILLED, phase("suspected", 1, at=1.3), phase("suspected", 1, at=1.2)) == [
        ("suspected", 0.199)
    ]


def test_the_old_reign_ends_and_the_new_one_begins() -> None:
    wrong = [phase("decided", 2, at=1.1), phase("promoted", 1, at=1.1), phase("decided", 1, at=0.5)]
    assert steps(KILLED, wrong) == []


def test_the_first_write_under_a_newer_epoch_is_a_step() -> None:
    writes = [acked("a", 1.1, 1.2, epoch=1), acked("c", 1.3, 1.6, epoch=2), acked("b", 1.4, 1.5, epoch=2)]
    assert steps(KILLED, writes, unknown("u", 1.1, epoch=2)) == [("acknowledged", 0.499)]


def test_a_suspicion_names_the_layer_that_was_ill() -> None:
    told = [phase("suspected", 1, at=1.1, layer="business"), phase("decided", 1, at=1.3)]
    assert [p.layer for p in phases.check(look(PRIMARY, KILLED, told))] == ["business", ""]


def test_without_a_strike_there_are_none() -> None:
    assert steps(phase("suspected", 1, at=1.1)) == []
    assert steps(killed("w1", at=1.0), phase("suspected", 1, at=1.1)) == []
