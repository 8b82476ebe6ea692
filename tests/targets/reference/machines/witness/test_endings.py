"""When a witness's grant ends, and who hears of it, seen from outside."""

from __future__ import annotations

from targets.reference.machines.witness.endings import LEASE_OVER
from targets.reference.machines.witness.keeper import REFRESH
from targets.reference.machines.words.grammar import (
    Fired,
    Send,
)
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    BallotRefused,
    Fence,
    Fenced,
    Granted,
    HandBack,
    HeartbeatRefused,
    LeaseOver,
)
from tests.targets.reference.machines.playbook import B, Play
from tests.targets.reference.machines.witness.test_witness import (
    INTERVAL_S,
    L_S,
    MOVED,
    V,
    beat,
    began,
    watching,
)

# --- fenced -----------------------------------------------------------------------------------------

ENDED = V.with_own_fence()
AFTER = ENDED.succeeded(2, "n2", (B,))


def grants_n2(play: Play) -> bool:
    return bool(beat(play, 2, "n2").said(Granted))


def test_what_is_merely_accepted_as_fenced_frees_no_grant() -> None:
    """It may never be committed, and then the old primary lives."""
    play = watching().hears("w2", Accept((2, "w2", 1), ENDED))
    assert play.said(Accepted) and not grants_n2(play)


def test_a_full_ballot_that_names_a_reign_as_fenced_frees_its_grant_alone() -> None:
    assert grants_n2(watching().hears("w2", Fenced(1, "n1")))
    assert not grants_n2(watching().hears("w2", Fenced(1, "n2")))
    assert not grants_n2(watching().hears("w2", Fenced(0, "n1")))


def test_a_fenced_reign_that_lives_on_is_refused_as_too_old() -> None:
    play = beat(watching().hears("w2", Fenced(1, "n1")), after_s=INTERVAL_S)
    assert play.said(HeartbeatRefused)[0].known_epoch == 2
    assert beat(play, 2, "n1").said(Granted)


def test_whatever_replaces_a_fenced_reign_is_accepted_before_its_grant_has_run_out() -> None:
    """It was proposed over a committed fence; the same without the fence has to wait."""
    assert watching().hears("w2", Accept((2, "w2", 1), AFTER)).said(Accepted)
    assert began().hears("w2", Accept((2, "w2", 1), AFTER)).said(Accepted)
    assert watching().hears("w2", Accept((2, "w2", 1), MOVED)).said(BallotRefused)


def test_a_heartbeat_of_the_reign_that_follows_proves_the_fence_that_it_was_built_on() -> None:
    assert grants_n2(watching().hears("w2", Accept((2, "w2", 1), AFTER)))


def test_a_ballot_of_its_own_shows_what_is_fenced() -> None:
    """Here the one that a heartbeat of an unknown reign makes it begin."""
    play = beat(watching(), 2, "n2")
    assert play.said(HeartbeatRefused)
    play.when(Fired(REFRESH), after_s=INTERVAL_S).shows(AFTER)
    assert grants_n2(play)


# --- fences -----------------------------------------------------------------------------------------


def test_a_confirmed_fence_stops_renewal_and_is_answered_when_the_grant_has_run_out() -> None:
    play = watching().hears("w2", Fence(1, "n1", ("w2", "w3")))
    assert not play.said(LeaseOver) and play.due_s(LEASE_OVER) == play.now_s + L_S
    due_s = play.due_s(LEASE_OVER)
    assert beat(play, after_s=INTERVAL_S).said(HeartbeatRefused)
    play.when(Fired(LEASE_OVER), at_s=due_s)
    assert play.of(Send) == [Send("w2", LeaseOver(1, "n1"))]


def test_a_fence_that_no_majority_has_confirmed_stops_nothing() -> None:
    for voters in (("w2",), ("w2", "w2"), ("w2", "n2")):
        play = watching().hears("w2", Fence(1, "n1", voters))
        assert beat(play, after_s=INTERVAL_S).said(Granted)


def test_a_grant_that_was_handed_back_is_over_at_once() -> None:
    play = watching().hears("n1", HandBack(1, "n1")).hears("w2", Fence(1, "n1", ("w2", "w3")))
    assert play.said(LeaseOver) == [LeaseOver(1, "n1")]


def test_a_hand_back_ends_a_wait_for_the_lease() -> None:
    play = watching().hears("w2", Fence(1, "n1", ("w2", "w3"))).hears("n1", HandBack(1, "n1"))
    assert play.said(LeaseOver) == [LeaseOver(1, "n1")]


def test_whoever_waits_hears_of_a_grant_that_a_newer_reign_has_proven_over() -> None:
    play = watching().hears("w3", Fence(1, "n1", ("w2", "w3")))
    play.hears("w2", Accept((2, "w2", 1), AFTER))
    assert beat(play, 2, "n2").said(LeaseOver) == [LeaseOver(1, "n1")]


def test_a_grant_that_a_heartbeat_renews_is_not_told_as_over_in_the_same_breath() -> None:
    """The witness slept beyond its grant's end and the fence's, and the heartbeat comes before its timer."""
    play = beat(watching().hears("w2", Accept((2, "w2", 1), AFTER)), 2, "n2")
    play.hears("w3", Fence(2, "n2", ("w2", "w3")))
    beat(play, 2, "n2", after_s=L_S + INTERVAL_S)
    assert play.said(Granted) and not play.said(LeaseOver)


def test_a_restarted_witness_says_of_no_lease_that_it_is_over_before_a_whole_one_has_passed() -> None:
    play = began().hears("w2", Fence(1, "n1", ("w2", "w3")), after_s=L_S / 2)
    assert not play.said(LeaseOver)
    assert play.when(Fired(LEASE_OVER), after_s=L_S / 2).said(LeaseOver)
