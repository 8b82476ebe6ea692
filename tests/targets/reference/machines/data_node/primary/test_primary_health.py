"""What a node says of its own health: answers to probes, the canary, a disk that is stuck."""

from __future__ import annotations

import pytest

from targets.reference.machines.data_node.primary.business import KEY
from targets.reference.machines.data_node.primary.primary import BEAT
from targets.reference.machines.words.grammar import Append, Durable, Fired
from targets.reference.machines.words.messages import (
    Heartbeat,
    Place,
    Probe,
    ProbeAnswer,
    ReadAll,
    Record,
    Register,
    Reply,
    StreamAck,
    SwitchOver,
    Write,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play, node, record, serving, taking

INTERVAL_S = SETTINGS.detector.interval_s
V = Register(3, "n1", (A, B))


def quiet(play: Play, for_s: float) -> Play:
    """Beats, grants and the standby's answers for what it holds go on; nobody asks for anything."""
    written: list[object] = []
    for _ in range(round(for_s / INTERVAL_S)):
        play.when(Fired(BEAT), after_s=INTERVAL_S)
        written += play.of(Append)
        play.granted(3).hears("n2", StreamAck(3, "n2", "b", Place(3, 2)))
    play.effects = [*play.effects, *written]  # type: ignore[list-item]
    return play


def canaries(play: Play) -> list[Record]:
    return [record for append in play.of(Append) for record in append.records if record.key == KEY]


def test_a_primary_answers_a_probe_with_its_epoch_and_any_other_node_with_none() -> None:
    assert serving(V).hears("w1", Probe(7)).said(ProbeAnswer) == [ProbeAnswer(7, 3, "n1", 0.0)]
    assert node(A, record(1, 1)).hears("w1", Probe(8)).said(ProbeAnswer) == [ProbeAnswer(8, 0, "n1", 0.0)]


def test_a_primary_that_has_no_lease_answers_a_probe_all_the_same() -> None:
    assert taking(V).hears("w1", Probe(7)).said(ProbeAnswer)[0].epoch == 3


def test_heartbeats_and_answers_say_for_how_long_the_own_disk_is_stuck() -> None:
    play = serving(V).hears("client", Write(1, "k", "v"))
    beats = play.when(Fired(BEAT), after_s=0.3).said(Heartbeat)
    assert [beat.stuck_s for beat in beats] == [pytest.approx(0.3)] * 3
    assert play.hears("w1", Probe(7), after_s=0.1).said(ProbeAnswer)[0].stuck_s == pytest.approx(0.4)
    play.when(Durable(3, 3))
    assert play.hears("w1", Probe(8)).said(ProbeAnswer)[0].stuck_s == 0.0, "though the standby lacks it"


def test_an_idle_primary_writes_a_canary_and_only_one_that_waits() -> None:
    assert canaries(quiet(serving(V), 0.9)) == []
    play = quiet(serving(V), 3.0)
    assert canaries(play) == [Record(3, 3, KEY, "canary.3.1")]


def test_a_canary_that_came_back_is_followed_by_the_next_one() -> None:
    play = quiet(serving(V), 1.2)
    play.when(Durable(3, 3)).hears("n2", StreamAck(3, "n2", "b", Place(3, 3)))
    assert [canary.value for canary in canaries(quiet(play, 1.2))] == ["canary.3.2"]


def test_what_clients_write_shows_the_same_so_no_canary_is_written() -> None:
    play = serving(V)
    for position in range(3, 8):
        assert canaries(quiet(play, 0.5)) == []
        play.hears("client", Write(position, "k", "v")).when(Durable(3, position))
        play.hears("n2", StreamAck(3, "n2", "b", Place(3, position)))


def test_no_client_ever_reads_a_canary() -> None:
    play = quiet(serving(V), 1.2)
    play.when(Durable(3, 3)).hears("n2", StreamAck(3, "n2", "b", Place(3, 3)))
    (reply,) = play.hears("client", ReadAll(9, "")).said(Reply)
    assert reply.outcome == "ok" and "canary.3.1" not in reply.values


def test_while_it_hands_over_no_canary_is_in_the_way() -> None:
    play = serving(V)
    play.hears("op", Write(1, "k", "v"))  # not acknowledged: the switchover waits for it
    play.hears("op", SwitchOver(2, "n2"))
    assert canaries(quiet(play, 0.9)) == [] and canaries(quiet(play, 0.9)) == []


def test_without_a_lease_no_canary_is_written() -> None:
    play = serving(V)
    for _ in range(20):
        assert canaries(play.when(Fired(BEAT), after_s=INTERVAL_S)) == []
