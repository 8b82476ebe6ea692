from __future__ import annotations

import pytest

from targets.reference.defects import NO_LEASE_CHECK
from targets.reference.machines.grammar import (
    Alert,
    Append,
    Claim,
    Durable,
    Fired,
    NodeState,
    Persist,
    Redirect,
    Send,
    Tell,
    TellRole,
    Validate,
)
from targets.reference.machines.messages import (
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
    ReadAll,
    Record,
    Register,
    Reply,
    Stream,
    StreamAck,
    StreamRefused,
    Write,
)
from targets.reference.machines.node import DataNode
from targets.reference.machines.retaking import TIMER as RETAKE
from targets.reference.settings import LagAlert
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play, record, serving, taking

HELD_S, L_S = SETTINGS.held_lease_s, SETTINGS.granted_lease_s
INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s
ALONE, BOTH = Register(2, "n1", (A,)), Register(2, "n1", (A, B))


def outcomes(play: Play) -> list[tuple[int, str]]:
    return [(reply.request, reply.outcome) for reply in play.said(Reply)]


def write(play: Play, request: int = 1, value: str = "new", *, after_s: float = 0.0) -> Play:
    return play.hears("client", Write(request, "k", value), after_s=after_s)


def ack(play: Play, position: int, *, after_s: float = 0.0) -> Play:
    return play.hears("n2", StreamAck(2, "n2", "b", Place(2, position)), after_s=after_s)


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


def test_it_serves_once_it_has_its_lease_and_its_mark_is_acknowledged() -> None:
    play = taking(ALONE).when(Durable(2, 2))
    assert not play.of(TellRole)
    play.granted(2)
    assert play.of(TellRole) == [TellRole("primary", 2)]
    assert play.of(Tell) == [Tell("promoted", 2, "n1")]
    assert play.of(Redirect) == [Redirect("n1", 2)] and play.of(Validate) == [Validate(2, "n1")]


def test_with_its_lease_alone_it_refuses_clients() -> None:
    play = taking(ALONE).granted(2)
    assert outcomes(write(play)) == [(1, "fail")]
    assert outcomes(play.hears("client", Read(2, "k"))) == [(2, "fail")]


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


def test_the_lease_is_looked_at_before_a_write_is_accepted() -> None:
    play = write(serving(ALONE), after_s=HELD_S)
    assert outcomes(play) == [(1, "fail")] and not play.of(Append)


def test_the_lease_is_looked_at_before_an_acknowledgement_is_decided() -> None:
    play = write(serving(ALONE))
    assert outcomes(play.when(Durable(2, 3), after_s=HELD_S)) == []


def test_what_waited_without_a_lease_is_acknowledged_when_it_is_granted_again() -> None:
    play = write(serving(ALONE)).when(Durable(2, 3), Fired("lease"), after_s=HELD_S)
    assert play.of(TellRole) == [TellRole("fenced", 2)]
    play.when(Fired("beat")).granted(2)
    assert outcomes(play) == [(1, "ok")]
    assert play.of(TellRole) == [TellRole("primary", 2)]


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


def test_without_the_lease_check_it_serves_on() -> None:
    """The defect of that name."""
    play = serving(ALONE, defect=NO_LEASE_CHECK)
    assert outcomes(play.hears("client", Read(1, "k"), after_s=10 * HELD_S)) == [(1, "ok")]


# --- the lease ------------------------------------------------------------------------------------


def test_it_fences_itself_when_its_lease_runs_out_and_not_before() -> None:
    play = serving(ALONE)
    play.when(Fired("lease"), after_s=HELD_S / 2)
    assert not play.of(TellRole)
    play.when(Fired("lease"), after_s=play.due_s("lease") - play.now_s)
    assert play.of(TellRole) == [TellRole("fenced", 2)]


def test_a_late_grant_counts_from_the_heartbeat_that_it_answers() -> None:
    play = taking(ALONE).when(Durable(2, 2))
    sent_s = play.now_s
    play.when(Fired("beat"), after_s=INTERVAL_S)
    play.when(Fired("beat"), after_s=INTERVAL_S)
    for witness in ("w1", "w2"):
        play.hears(witness, Granted(2, "n1", sent_s))
    play.now_s = sent_s + HELD_S
    assert outcomes(play.hears("client", Read(1, "k"))) == [(1, "fail")]


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
    assert isinstance(play.machine, DataNode)
    for witness in ("w1", "w2"):
        play.hears(witness, Granted(2, "n1", play.now_s))
    assert not play.machine._own.lease.valid(play.now_s, 2)
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


def test_a_refusal_that_was_not_repeated_after_a_lease_takes_no_new_epoch() -> None:
    """A witness had merely accepted something that a later ballot settled otherwise."""
    play = serving(BOTH)
    play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 3)).shows(BOTH)
    play.when(Fired(RETAKE), after_s=L_S)
    assert not play.said(Prepare)


def test_a_refusal_by_one_who_knows_no_newer_epoch_means_wait() -> None:
    play = serving(BOTH)
    assert play.hears("w1", HeartbeatRefused(2, "n1", play.now_s, 2)).effects == []


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


def test_writes_that_wait_for_a_standby_call_a_person_once() -> None:
    play = write(serving(BOTH)).when(Durable(2, 3))
    alerts = 0
    for _ in range(30):
        alerts += len(play.when(Fired("beat"), after_s=INTERVAL_S).of(Alert))
        play.granted(2)
    assert alerts == 1


def test_a_write_after_a_long_quiet_time_calls_nobody() -> None:
    play = serving(BOTH)
    for _ in range(30):
        play.when(Fired("beat"), after_s=INTERVAL_S).granted(2)
    write(play)
    assert not play.when(Fired("beat")).of(Alert)


def test_a_record_of_its_own_counts_only_from_its_own_disk() -> None:
    play = write(serving(BOTH))
    assert outcomes(ack(play, 3)) == []
    assert outcomes(play.when(Durable(2, 3))) == [(1, "ok")]
    assert record(1, 1).value == "v"


def test_a_warm_standby_that_is_promoted_shows_everything_once_it_serves() -> None:
    play = serving(ALONE, standby="warm")
    play.hears("client", Read(1, "k"))
    assert [reply.value for reply in play.said(Reply)] == ["v"]


def test_a_standby_that_lags_calls_a_person() -> None:
    limit = LagAlert(positions=2, seconds_s=0.0)
    play = serving(BOTH, lag_alert=limit, replication="async")
    for request in range(3):
        write(play, request)
    play.when(Fired("beat"), after_s=INTERVAL_S)
    assert [alert.text for alert in play.of(Alert)] == ["n1: n2 is 3 records behind, more than 2"]


def test_it_says_how_far_each_standby_is_behind() -> None:
    play = write(serving(BOTH, replication="async"), value="12345", after_s=0.1)
    assert isinstance(play.machine, DataNode)
    [status] = play.machine.status(play.now_s + 0.5).standbys
    assert (status.lag_positions, status.lag_bytes) == (1, 6)
    assert status.lag_s == pytest.approx(0.5) and status.carries_load
