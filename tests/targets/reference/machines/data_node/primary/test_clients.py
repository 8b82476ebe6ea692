from __future__ import annotations

from targets.reference.machines.words.grammar import (
    Append,
    Durable,
)
from targets.reference.machines.words.messages import (
    Read,
    ReadAll,
    Record,
    Reply,
    Stream,
    Write,
)
from tests.targets.reference.machines.playbook import record, serving, taking
from tests.targets.reference.machines.reigns import ALONE, BOTH, HELD_S, ack, outcomes, write

# --- acknowledging --------------------------------------------------------------------------------


def test_a_write_is_acknowledged_when_primary_and_standby_hold_it() -> None:
    play = serving(BOTH)
    write(play)
    assert play.of(Append) == [Append((Record(2, 3, "k", "new"),))]
    assert [stream.records for stream in play.said(Stream)] == [(Record(2, 3, "k", "new"),)]
    assert outcomes(play) == []
    assert outcomes(play.when(Durable(2, 3))) == []
    assert outcomes(ack(play, 3)) == [(1, "ok")]


def test_writes_are_acknowledged_in_the_order_of_the_log() -> None:
    play = serving(BOTH)
    for request in (1, 2, 3):
        write(play, request)
    play.when(Durable(2, 5))
    assert outcomes(ack(play, 4)) == [(1, "ok"), (2, "ok")]
    assert outcomes(ack(play, 5)) == [(3, "ok")]


def test_with_nobody_eligible_the_primary_acknowledges_alone() -> None:
    play = write(serving(ALONE))
    assert outcomes(play.when(Durable(2, 3))) == [(1, "ok")]


def test_in_async_mode_the_primary_acknowledges_alone() -> None:
    play = write(serving(BOTH, replication="async"))
    assert outcomes(play.when(Durable(2, 3))) == [(1, "ok")]


def test_a_record_of_its_own_counts_only_from_its_own_disk() -> None:
    play = write(serving(BOTH))
    assert outcomes(ack(play, 3)) == []
    assert outcomes(play.when(Durable(2, 3))) == [(1, "ok")]
    assert record(1, 1).value == "v"


def test_with_its_lease_alone_it_refuses_clients() -> None:
    play = taking(ALONE).granted(2)
    assert outcomes(write(play)) == [(1, "fail")]
    assert outcomes(play.hears("client", Read(2, "k"))) == [(2, "fail")]


def test_the_lease_is_looked_at_before_a_write_is_accepted() -> None:
    play = write(serving(ALONE), after_s=HELD_S)
    assert outcomes(play) == [(1, "fail")] and not play.of(Append)


def test_an_empty_key_is_refused() -> None:
    assert outcomes(serving(ALONE).hears("client", Write(1, "", "v"))) == [(1, "fail")]


def test_writes_that_wait_are_bounded() -> None:
    play = serving(BOTH)
    refused = 0
    for request in range(11_000):
        refused += sum(outcome == "fail" for _, outcome in outcomes(write(play, request)))
    assert 0 < refused < 10_000
    play.when(Durable(2, 3))
    ack(play, 3)
    assert outcomes(write(play, 99_999)) == []


# --- reading --------------------------------------------------------------------------------------


def test_reads_never_show_local_records() -> None:
    """What a read has shown and the standby lacks would vanish with the primary."""
    play = serving(BOTH)
    write(play).when(Durable(2, 3))
    play.hears("client", Read(2, "k"))
    assert [reply.value for reply in play.said(Reply)] == ["v"]
    ack(play, 3)
    play.hears("client", Read(3, "k"))
    assert [reply.value for reply in play.said(Reply)] == ["new"]


def test_everything_that_is_read_back_is_acknowledged_and_in_log_order() -> None:
    play = serving(BOTH)
    for request, value in enumerate(("p1", "q", "p2", "p3"), start=1):
        write(play, request, value)
    play.when(Durable(2, 6))
    ack(play, 5)
    play.hears("client", ReadAll(9, "p"))
    assert [reply.values for reply in play.said(Reply)] == [("p1", "p2")]


def test_the_lease_is_looked_at_after_a_read() -> None:
    play = serving(ALONE)
    assert outcomes(play.hears("client", Read(1, "k"), after_s=HELD_S)) == [(1, "fail")]
    assert outcomes(play.hears("client", ReadAll(2, ""))) == [(2, "fail")]


def test_a_warm_standby_that_is_promoted_shows_everything_once_it_serves() -> None:
    play = serving(ALONE, standby="warm")
    play.hears("client", Read(1, "k"))
    assert [reply.value for reply in play.said(Reply)] == ["v"]
