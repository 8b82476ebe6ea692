from __future__ import annotations

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.retaking import TIMER as RETAKE
from targets.reference.machines.words.grammar import (
    Append,
    Claim,
    Durable,
    Fired,
    LetGo,
    NodeState,
    Persist,
    Send,
    Tell,
    TellRole,
)
from targets.reference.machines.words.messages import (
    Accept,
    Follow,
    FollowRefused,
    Granted,
    HandBack,
    Heartbeat,
    HeartbeatRefused,
    Place,
    Prepare,
    Promote,
    Read,
    Record,
    Register,
    StreamAck,
    StreamRefused,
)
from tests.targets.reference.machines.playbook import A, B, Play, serving, taking
from tests.targets.reference.machines.reigns import ALONE, BOTH, INTERVAL_S, L_S, ack, outcomes, write

# --- taking the epoch -----------------------------------------------------------------------------


def test_the_epoch_is_sealed_claimed_and_marked_before_its_first_heartbeat() -> None:
    effects = taking(ALONE).effects
    mark = Append((Record(2, 2, "", ""),))
    places = [effects.index(e) for e in (Persist(NodeState(identity="a", sealed=2)), Claim(2), mark)]
    first = next(i for i, e in enumerate(effects) if isinstance(e, Send) and isinstance(e.message, Heartbeat))
    assert places == sorted(places) and places[-1] < first


def test_every_witness_gets_a_heartbeat_each_interval() -> None:
    play = taking(ALONE)
    assert play.sent_to(Heartbeat) == ["w1", "w2", "w3"]
    assert play.due_s("beat") == play.now_s + INTERVAL_S
    play.when(Fired("beat"), after_s=INTERVAL_S)
    assert [beat.sent_s for beat in play.said(Heartbeat)] == [play.now_s] * 3


def test_the_other_nodes_are_told_at_once() -> None:
    """Whoever follows an older epoch, or reigns in it, need not wait until it notices."""
    assert [e for e in taking(ALONE).of(Send) if e.to == "n2"] == [Send("n2", Promote(2))]


# --- leaving --------------------------------------------------------------------------------------


def deposed(play: Play) -> Play:
    """A refusal makes it read the register, which names n2 by now."""
    play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 3))
    return play.shows(Register(3, "n2", (B,)))


def test_a_deposed_primary_gives_its_epoch_up_before_it_hands_it_back() -> None:
    play = serving(BOTH)
    deposed(play)
    assert [e for e in play.of(Send) if isinstance(e.message, HandBack)] == [
        Send(witness, HandBack(2, "n1")) for witness in ("w1", "w2", "w3")
    ]
    assert play.of(LetGo) == [LetGo(2)]
    assert isinstance(play.machine, DataNode)
    for witness in ("w1", "w2"):
        play.hears(witness, Granted(2, "n1", play.now_s))
    assert not play.machine.own.lease.valid(play.now_s, 2)
    assert outcomes(play.hears("client", Read(1, "k"))) == [(1, "fail")]
    assert not play.when(Fired("beat"), after_s=INTERVAL_S).said(Heartbeat)


def test_what_waits_when_a_primary_is_deposed_is_unknown() -> None:
    play = write(serving(BOTH))
    deposed(play)
    assert outcomes(play) == [(1, "unknown")]
    assert play.of(TellRole) == [TellRole("standby", 3)]


# --- refused as too old ---------------------------------------------------------------------------


def test_a_primary_shut_out_by_a_given_up_promotion_takes_an_epoch_not_below_the_seal() -> None:
    play = write(serving(BOTH))
    play.hears("n2", StreamRefused(2, "n2", 5, Place(2, 2)))
    play.shows(BOTH)
    assert not play.said(Heartbeat)
    play.hears("n2", StreamRefused(2, "n2", 5, Place(2, 2)), after_s=L_S)
    play.when(Fired(RETAKE)).shows(BOTH)
    assert play.said(Prepare)
    play.shows(BOTH)
    assert {accept.value for accept in play.said(Accept)} <= {Register(5, "n1", (A, B))}
    assert {beat.epoch for beat in play.said(Heartbeat)} == {5}
    assert FollowRefused(5, "n1") in play.said(FollowRefused)


def test_what_waits_goes_on_in_the_newer_epoch() -> None:
    play = write(serving(BOTH)).when(Durable(2, 3))
    play.hears("n2", StreamRefused(2, "n2", 5, Place(2, 2))).shows(BOTH)
    play.hears("n2", StreamRefused(2, "n2", 5, Place(2, 2)), after_s=L_S)
    play.when(Fired(RETAKE)).shows(BOTH).shows(BOTH)
    play.granted(5).when(Durable(5, 4))
    play.hears("n2", Follow(5, "n2", "b", (Place(2, 2),)))
    play.hears("n2", StreamAck(5, "n2", "b", Place(5, 4)))
    assert outcomes(play) == [(1, "ok")]


# --- standbys -------------------------------------------------------------------------------------


def test_a_standby_that_has_caught_up_becomes_eligible_through_the_register() -> None:
    play = serving(ALONE)
    play.hears("n2", Follow(2, "n2", "b", (Place(1, 1),)))
    ack(play, 2)
    play.shows(ALONE)
    assert play.of(Tell) == [Tell("rejoined", 2, "n2")]
    write(play).when(Durable(2, 3))
    assert outcomes(play) == []
    assert outcomes(ack(play, 3)) == [(1, "ok")]


def test_another_store_is_taken_before_it_serves_or_it_would_wait_for_the_lost_one_for_ever() -> None:
    play = taking(BOTH).granted(2).when(Durable(2, 2))
    play.hears("n2", Follow(2, "n2", "fresh", ()))
    play.hears("n2", StreamAck(2, "n2", "fresh", Place(2, 2)))
    assert not play.of(TellRole)
    play.shows(BOTH)
    assert TellRole("primary", 2) in play.effects


def test_one_who_wants_to_follow_another_epoch_is_told_which_is_in_force() -> None:
    play = serving(BOTH).hears("n2", Follow(1, "n2", "b", (Place(1, 1),)))
    assert play.said(FollowRefused) == [FollowRefused(2, "n1")]
