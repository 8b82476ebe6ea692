from __future__ import annotations

from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    Effects,
    Event,
    Fired,
    Received,
    Send,
    Tell,
)
from targets.reference.machines.words.messages import (
    Granted,
    Heartbeat,
    HeartbeatRefused,
    Message,
    Place,
    Prepare,
    Read,
    Reply,
    Vote,
    Write,
)
from targets.reference.metrics.meter import Meter

BEAT = Heartbeat(1, "n1", 0.0, Place())


def metered(*turns: tuple[Event, Effects]) -> Meter:
    meter = Meter()
    for event, effects in turns:
        meter.saw(event, effects)
    return meter


def heard(message: Message, via: str = "c1") -> Event:
    return Received("x", message, via)


def replied(request: int, outcome: str, via: str = "c1") -> Effects:
    return [Answer(via, Reply(request, outcome, "n1", 1))]  # type: ignore[arg-type]


def test_a_heartbeat_is_counted_for_every_witness_and_its_answers_too() -> None:
    beats: Effects = [Send("w1", BEAT), Send("w2", BEAT)]
    meter = metered(
        (Fired("beat"), beats),
        (heard(Granted(1, "n1", 0.0)), []),
        (heard(HeartbeatRefused(1, "n1", 0.0, 2)), []),
    )
    assert meter.heartbeats == {"sent": 2, "granted": 1, "refused": 1}


def test_a_witness_counts_what_it_grants_and_refuses() -> None:
    meter = metered(
        (heard(BEAT), [Answer("c1", Granted(1, "n1", 0.0))]),
        (heard(BEAT), [Answer("c1", HeartbeatRefused(1, "n1", 0.0, 2))]),
    )
    assert meter.heartbeats == {"sent": 0, "granted": 1, "refused": 1}


def test_writes_are_counted_by_how_they_end_and_reads_are_not() -> None:
    meter = metered(
        (heard(Write(1, "k", "v")), []),
        (heard(Write(2, "k", "v")), replied(2, "fail")),
        (heard(Write(1, "k", "v"), "c2"), []),
        (heard(Read(3, "k")), replied(3, "ok")),
        (Fired("beat"), [*replied(1, "ok"), *replied(1, "unknown", "c2")]),
    )
    assert meter.writes == {"acknowledged": 1, "refused": 1, "unknown": 1}


def test_a_write_is_counted_once() -> None:
    meter = metered((heard(Write(1, "k", "v")), replied(1, "ok")), (Fired("x"), replied(1, "ok")))
    assert meter.writes["acknowledged"] == 1


def test_one_vote_and_one_ballot_go_to_every_witness() -> None:
    vote, prepare = Vote(1, "n1", ""), Prepare((1, "w1", 1))
    meter = metered(
        (Fired("vote"), [Send("w2", vote), Send("w3", vote)]),
        (Fired("lead"), [Send("w1", prepare), Send("w2", prepare), Send("w3", prepare)]),
    )
    assert (meter.votes, meter.ballots) == (1, 1)


def test_phases_and_alerts_are_counted() -> None:
    meter = metered((Fired("x"), [Tell("suspected", 1, "n1"), Alert("help")]))
    assert meter.phases == {"suspected": 1} and meter.alerts == 1
