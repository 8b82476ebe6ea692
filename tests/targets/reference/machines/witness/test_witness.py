from __future__ import annotations

from targets.reference.defects import LONE_WITNESS_DECIDES
from targets.reference.machines.detection.detector import TIMER as SILENCE
from targets.reference.machines.witness.accuser import LEAD, VOTE
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Answer,
    Began,
    Fired,
    Tell,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    Alive,
    Ballot,
    Fence,
    Granted,
    HandBack,
    HandBackNoted,
    Heartbeat,
    HeartbeatRefused,
    Here,
    LeaseOver,
    Place,
    Prepare,
    Register,
    Vote,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play

INTERVAL_S, SILENCE_S, L_S = (
    SETTINGS.detector.interval_s,
    SETTINGS.detector.silence_s,
    SETTINGS.granted_lease_s,
)
V = Register(1, "n1", (A, B))
MOVED = Register(2, "n2", (B,))
ONE: Ballot = (1, "n1", 7)


def began(name: str = "w1", value: Register = V, *, defect: str = "") -> Play:
    state = WitnessState(promised=ONE, accepted=ONE, value=value)
    defects = frozenset({defect} if defect else ())
    return Play(Witness(name, SETTINGS, state, 7, defects)).when(Began())


def watching(name: str = "w1", *, defect: str = "") -> Play:
    """A lease has passed since its start, and n1's heartbeat was granted just now."""
    play = began(name, defect=defect)
    return beat(play, after_s=L_S)


def beat(play: Play, epoch: int = 1, node: str = "n1", *, after_s: float = 0.0) -> Play:
    sent_s = 5000.0 + play.now_s
    return play.hears(node, Heartbeat(epoch, node, sent_s, Place(1, 1)), via="c", after_s=after_s)


def voted(play: Play, voter: str = "w2", epoch: int = 1) -> Play:
    return play.hears(voter, Vote(epoch, "n1", "no heartbeat"))


def silent(play: Play) -> Play:
    return play.when(Fired(SILENCE), after_s=SILENCE_S)


# --- leases -----------------------------------------------------------------------------------------


def test_a_grant_carries_back_the_stamp_of_its_heartbeat() -> None:
    play = watching().hears("n1", Heartbeat(1, "n1", 5000.0, Place(1, 1)), via="c")
    assert play.effects[0] == Answer("c", Granted(1, "n1", 5000.0))


def test_a_restarted_witness_grants_only_after_a_whole_lease() -> None:
    assert beat(began(), after_s=L_S - 0.001).said(HeartbeatRefused)


def test_a_restarted_witness_that_accepted_a_newer_epoch_grants_no_older_one() -> None:
    """Known epoch only in memory."""
    play = beat(began(value=MOVED), after_s=L_S)
    assert [refused.known_epoch for refused in play.said(HeartbeatRefused)] == [2]


def test_a_hand_back_frees_the_grant_and_is_noted() -> None:
    play = watching().hears("n1", HandBack(1, "n1"), via="c")
    assert play.said(HandBackNoted) == [HandBackNoted(1, "n1")]
    assert beat(play, 2, "n2").said(Granted)


def test_a_hand_back_of_an_older_epoch_frees_nothing() -> None:
    """Hand-back not bound to its epoch."""
    play = beat(watching(), 2).hears("n1", HandBack(1, "n1"))
    assert beat(play, 3, "n2").said(HeartbeatRefused)


# --- detection --------------------------------------------------------------------------------------


def test_a_primary_that_is_heard_is_not_suspected() -> None:
    play = watching()
    for _ in range(20):
        beat(play, after_s=INTERVAL_S)
        assert not play.when(Fired(SILENCE)).of(Tell)
        assert play.due_s(SILENCE) == play.now_s + SILENCE_S


def test_a_silent_primary_is_suspected_after_the_stated_time_and_not_before() -> None:
    play = watching().when(Fired(SILENCE), after_s=SILENCE_S - 0.001)
    assert not play.of(Tell) and not play.said(Vote)
    play.when(Fired(SILENCE), after_s=0.001)
    assert [tell.phase for tell in play.of(Tell)] == ["suspected"]
    assert play.sent_to(Vote) == ["w2", "w3"]


def test_a_vote_says_which_layer_is_ill() -> None:
    play = silent(watching())
    assert [vote.reason for vote in play.said(Vote)] == ["network: no word from n1 for 0.400 s"] * 2
    assert [tell.layer for tell in play.of(Tell)] == ["network"]


def test_what_its_agent_says_makes_a_silent_process_ill_where_it_is() -> None:
    play = watching().hears("n1", Alive(1, "n1"), after_s=SILENCE_S - 0.05)
    play.when(Fired(SILENCE), after_s=0.051)
    assert [tell.layer for tell in play.of(Tell)] == ["application"]


def test_a_primary_whose_disk_is_stuck_is_suspected_though_it_beats() -> None:
    play = watching()
    play.hears("n1", Heartbeat(1, "n1", 0.0, Place(1, 1), SILENCE_S - 0.01), via="c", after_s=INTERVAL_S)
    assert not play.of(Tell)
    play.hears("n1", Heartbeat(1, "n1", 0.0, Place(1, 1), SILENCE_S), via="c", after_s=INTERVAL_S)
    assert [(tell.phase, tell.layer) for tell in play.of(Tell)] == [("suspected", "business")]
    assert beat(play, after_s=0.01).said(HeartbeatRefused), "so it loses its lease"
    assert not play.when(Fired(VOTE), after_s=INTERVAL_S).said(Vote), "and is well again"


def test_a_witness_that_slept_itself_listens_a_little_longer_but_once_only() -> None:
    """The whole machine may have slept, and the primary with it."""
    play = watching().when(Fired(SILENCE), after_s=SILENCE_S + 0.2)
    assert not play.of(Tell) and SILENCE_S / 2 < play.due_s(SILENCE) - play.now_s <= SILENCE_S
    beat(play, after_s=0.01)
    assert not play.when(Fired(SILENCE), after_s=SILENCE_S - 0.01).of(Tell)
    play.when(Fired(SILENCE), after_s=0.2)
    assert not play.of(Tell)
    play.when(Fired(SILENCE), after_s=2.0)
    assert [tell.phase for tell in play.of(Tell)] == ["suspected"]


def test_a_handed_back_reign_is_suspected_at_once() -> None:
    play = watching().hears("n1", HandBack(1, "n1"))
    assert play.of(Tell) == [Tell("suspected", 1, "n1", "its agent has handed the lease back", "process")]
    assert play.said(Vote)


def test_a_restarted_witness_votes_only_after_a_whole_lease() -> None:
    play = began().hears("n1", HandBack(1, "n1"), after_s=L_S / 2)
    assert not play.said(Vote)
    play.when(Fired(SILENCE), after_s=L_S / 2)
    assert play.said(Vote)


def test_a_vote_is_repeated_while_its_reason_lasts_and_the_lease_is_not_renewed() -> None:
    play = silent(watching())
    assert play.due_s(VOTE) == play.now_s + INTERVAL_S
    assert play.when(Fired(VOTE), after_s=INTERVAL_S).said(Vote)
    assert beat(play).said(HeartbeatRefused)


def test_a_vote_that_lost_its_reason_is_repeated_no_more_but_stands_for_one_lease() -> None:
    play = beat(silent(watching()), after_s=0.01)
    assert not play.when(Fired(VOTE), after_s=INTERVAL_S).said(Vote)
    assert beat(play).said(HeartbeatRefused)
    assert beat(play, after_s=L_S).said(Granted)


def test_a_heartbeat_that_comes_after_its_hand_back_takes_no_vote_back() -> None:
    play = beat(watching().hears("n1", HandBack(1, "n1")), after_s=0.01)
    assert play.said(HeartbeatRefused)
    assert play.when(Fired(VOTE), after_s=INTERVAL_S).said(Vote)


# --- leading ----------------------------------------------------------------------------------------


def test_one_witness_alone_never_decides() -> None:
    play = silent(watching())
    assert not play.said(Prepare)
    for _ in range(20):
        play.when(Fired(VOTE), Fired(LEAD), after_s=INTERVAL_S)
        assert not play.said(Prepare)


def test_a_lone_witness_decides_with_the_defect_of_that_name() -> None:
    assert silent(watching(defect=LONE_WITNESS_DECIDES)).said(Prepare)


def test_the_first_witness_leads_as_soon_as_a_majoritys_votes_stand() -> None:
    assert voted(silent(watching("w1"))).said(Prepare)


def test_the_others_lead_one_stagger_after_another_within_the_stated_time_of_a_vote() -> None:
    due_s = []
    for name, other in (("w2", "w3"), ("w3", "w2")):
        play = voted(silent(watching(name)), other)
        assert not play.said(Prepare)
        due_s.append(play.due_s(LEAD) - play.now_s)
        assert play.when(Fired(LEAD), after_s=due_s[-1]).said(Prepare)
    assert 0 < due_s[0] < due_s[1] < SETTINGS.vote_s


def test_it_gives_way_to_the_ballot_of_one_before_it_in_line_and_of_nobody_else() -> None:
    for name, proposer, yields in (("w2", "w1", True), ("w2", "w3", False), ("w2", "n1", False)):
        play = voted(silent(watching(name)), "w3")
        play.hears(proposer, Prepare((5, proposer, 1)), after_s=0.02)
        assert bool(play.when(Fired(LEAD), after_s=0.02).said(Prepare)) != yields
        if yields:
            assert play.when(Fired(LEAD), at_s=play.due_s(LEAD)).said(Prepare), "it may have died"


def test_votes_that_stand_no_more_do_not_count() -> None:
    play = voted(watching())
    play.when(Fired(SILENCE), after_s=SILENCE_S + 0.001)
    assert not play.said(Prepare)


def test_votes_against_an_older_reign_and_of_strangers_do_not_count() -> None:
    assert not voted(silent(watching()), epoch=0).said(Prepare)
    assert not voted(silent(watching()), "n2").said(Prepare)


def test_another_ones_fence_puts_the_own_turn_off() -> None:
    play = watching("w2").hears("w1", Fence(1, "n1", ("w1", "w3")), after_s=SILENCE_S)
    assert not voted(play.when(Fired(SILENCE)), "w3").said(Prepare)
    assert not play.when(Fired(VOTE), after_s=INTERVAL_S).said(Prepare)
    voted(play.when(Fired(VOTE), after_s=L_S), "w3")
    assert play.when(Fired(LEAD), at_s=play.due_s(LEAD)).said(Prepare), "the other one may have died"


def test_while_nobody_can_take_over_it_stays_out_of_the_old_primarys_way() -> None:
    """Ballots of three witnesses each interval kept a restarted primary from its new epoch."""
    play = voted(silent(watching())).shows(Register(1, "n1", (A,)))
    attempts = 0
    for _ in range(30):
        voted(play)
        play.when(Fired(VOTE), Fired(LEAD), after_s=INTERVAL_S)
        if play.said(Prepare):
            attempts += 1
            play.shows(Register(1, "n1", (A,)))
    assert 1 < attempts <= 5


def test_messages_of_others_failovers_do_nothing_here() -> None:
    play = watching()
    assert play.hears("n2", Here(1, "n2", "b")).effects == []
    assert play.hears("w2", LeaseOver(1, "n1")).effects == []
