from __future__ import annotations

from targets.reference.machines.data_node.node import LOOK
from targets.reference.machines.data_node.standby import WATCH
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    Claim,
    Durable,
    Fired,
    HangUp,
    NodeState,
    Persist,
    Received,
    TellRegister,
    TellRole,
)
from targets.reference.machines.words.messages import (
    Accept,
    Common,
    Follow,
    FollowRefused,
    HandBack,
    Heartbeat,
    Here,
    Member,
    Message,
    Place,
    Prepare,
    Promote,
    Reach,
    Read,
    ReadAll,
    Register,
    Reply,
    Seal,
    Sealed,
    Stream,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from tests.targets.reference.machines.playbook import A, B, Play, node, record, serving, taking

NOBODY = Register()
BOTH, ALONE, OTHERS = Register(2, "n1", (A, B)), Register(2, "n1", (A,)), Register(2, "n2", (B,))


def proposals(play: Play, register: Register) -> set[Register]:
    """What is sent to be accepted when the ballot under way finds this register."""
    return {accept.value for accept in play.promised(register).said(Accept)}


def following() -> Play:
    """n2 follows n1's epoch 2 from position 1 on."""
    play = node(B, record(1, 1)).shows(BOTH)
    return play.hears("n1", Common(2, Place(1, 1), Place(1, 1)))


# --- starting -------------------------------------------------------------------------------------


def test_it_starts_by_a_full_read_of_the_register() -> None:
    play = node(A, record(1, 1))
    assert play.of(TellRole) == [TellRole("starting", 1)]
    assert play.sent_to(Prepare) == ["w1", "w2", "w3"]


def test_a_starting_node_takes_no_writes() -> None:
    play = node(A, record(1, 1))
    asked: tuple[Message, ...] = (Write(1, "k", "v"), Read(2, "k"), ReadAll(3, ""))
    for request, message in enumerate(asked, start=1):
        refusal = Reply(request, "fail", "n1", 0, error="not primary")
        assert play.hears("client", message, via="c").said(Reply) == [refusal]
        assert play.of(HangUp) == ([] if isinstance(message, ReadAll) else [HangUp("c")]), "look elsewhere"
    assert play.hears("op", SwitchOver(4, "n2")).said(SwitchOverAnswer) == [
        SwitchOverAnswer(4, False, "n1 is not primary")
    ]


def test_a_primary_that_restarts_takes_a_new_epoch_it_resumes_none() -> None:
    """Restart "as a standby" only would leave {A} without anybody to follow."""
    play = node(A, record(2, 1)).shows(BOTH)
    assert not play.said(Heartbeat)
    assert proposals(play, BOTH) == {Register(3, "n1", (A, B))}
    play.accepted(play.said(Accept)[-1].ballot)
    assert {beat.epoch for beat in play.said(Heartbeat)} == {3}


def test_it_takes_an_epoch_that_is_not_below_its_own_seal() -> None:
    play = node(A, record(2, 1), sealed=6).shows(BOTH)
    assert proposals(play, BOTH) == {Register(6, "n1", (A, B))}


def test_an_epoch_is_claimed_only_after_its_full_ballot() -> None:
    """Epoch claimed from one witness's accepted value: another may be chosen in that epoch."""
    play = node(A, record(1, 1)).shows(BOTH)
    ballot = play.said(Prepare)[-1].ballot
    play.promised(BOTH)
    assert not play.said(Heartbeat) and not play.of(Claim)
    assert not play.hears("w1", play.said(Accept)[-1]).said(Heartbeat)
    play.accepted(ballot)
    assert play.said(Heartbeat) and play.of(Claim) == [Claim(3)]


def test_a_promotion_under_way_wins_over_a_restarting_primary_by_the_compare() -> None:
    play = node(A, record(1, 1)).shows(BOTH)
    assert proposals(play, OTHERS) == {OTHERS}
    play.accepted(play.said(Accept)[-1].ballot)
    assert TellRole("standby", 2) in play.effects


def test_a_node_that_another_reigns_over_follows() -> None:
    play = node(A, record(1, 1)).shows(OTHERS)
    assert play.of(TellRegister) == [TellRegister(OTHERS)]
    assert TellRole("standby", 2) in play.effects
    assert play.said(Follow) == [Follow(2, "n1", "a", (Place(1, 1),))]


def test_a_node_whose_store_is_lost_takes_no_epoch_by_its_name() -> None:
    """Lost store, same name: another identity is another node."""
    play = node(Member("n1", "fresh")).shows(BOTH)
    assert len(play.of(Alert)) == 1
    assert not play.said(Prepare) and not play.said(Heartbeat)
    play.when(Fired(LOOK), after_s=1.0).shows(BOTH)
    assert not play.of(Alert), "a person is called once"


# --- the first start ------------------------------------------------------------------------------


def test_at_the_first_start_the_first_node_begins() -> None:
    play = node(A).shows(NOBODY)
    assert proposals(play, NOBODY) == {Register(1, "n1", (A,))}
    play.accepted(play.said(Accept)[-1].ballot)
    assert {beat.epoch for beat in play.said(Heartbeat)} == {1}


def test_at_the_first_start_the_others_look_again_until_somebody_reigns() -> None:
    play = node(B).shows(NOBODY)
    assert not play.said(Prepare)
    play.when(Fired(LOOK), after_s=1.0).shows(Register(1, "n1", (A,)))
    assert TellRole("standby", 1) in play.effects


def test_records_without_a_register_mean_that_the_witnesses_lost_theirs() -> None:
    play = node(A, record(3, 1)).shows(NOBODY)
    assert len(play.of(Alert)) == 1 and not play.said(Prepare)


# --- being sealed ---------------------------------------------------------------------------------


def test_a_seal_is_durable_before_the_position_is_told() -> None:
    """Positions before the seal: what is streamed in between would be missing in the answer."""
    play = following().hears("w1", Seal(3), via="c")
    assert play.effects == [
        Persist(NodeState(identity="b", sealed=3)),
        Answer("c", Sealed(3, "n2", "b", Place(1, 1))),
    ]


def test_a_sealed_node_tells_only_what_is_durable() -> None:
    play = following().hears("n1", Stream(2, Place(1, 1), (record(2, 2),), 0))
    assert play.hears("w1", Seal(3)).said(Sealed) == [Sealed(3, "n2", "b", Place(1, 1))]
    play.when(Durable(2, 2))
    assert play.hears("w1", Seal(3)).said(Sealed) == [Sealed(3, "n2", "b", Place(2, 2))]


def test_one_that_is_sealed_higher_says_so() -> None:
    play = node(B, record(1, 1), sealed=7).hears("w1", Seal(3))
    assert play.said(Sealed) == [Sealed(7, "n2", "b", Place(1, 1))] and not play.of(Persist)


def test_a_sealed_primary_gives_its_epoch_up_and_reads_the_register() -> None:
    play = serving(BOTH).hears("w1", Seal(3), via="c")
    assert set(play.said(HandBack)) == {HandBack(2, "n1")} and play.said(Prepare)
    assert play.effects[-1] == Answer("c", Sealed(3, "n1", "a", Place(2, 2)))
    play.hears("client", Read(1, "k"))
    assert [reply.outcome for reply in play.said(Reply)] == ["fail"]


def test_a_sealed_primary_that_is_named_still_takes_a_newer_epoch() -> None:
    play = serving(BOTH).hears("w1", Seal(5)).shows(BOTH)
    assert proposals(play, BOTH) == {Register(5, "n1", (A, B))}


def test_a_seal_of_its_own_epoch_leaves_a_primary_in_peace() -> None:
    play = serving(BOTH).hears("w1", Seal(2))
    assert play.said(Sealed) and not play.said(HandBack)


def test_whoever_is_not_primary_can_be_reached() -> None:
    assert following().hears("w1", Reach(2)).said(Here) == [Here(2, "n2", "b", Place(1, 1))]
    assert serving(BOTH).hears("w1", Reach(2)).said(Here) == []


# --- the register tells ---------------------------------------------------------------------------


def test_a_promoted_standby_reigns_only_by_the_register() -> None:
    play = following().hears("w1", Promote(3))
    assert play.said(Prepare) and not play.said(Heartbeat)
    play.shows(Register(3, "n2", (B,)))
    assert {beat.epoch for beat in play.said(Heartbeat)} == {3}


def test_a_hint_of_what_is_known_already_reads_nothing() -> None:
    assert following().hears("w1", Promote(2)).effects == []
    assert not following().hears("w1", Promote(1)).said(Prepare)


def test_a_standby_that_asked_too_early_asks_again_when_its_primary_reigns() -> None:
    play = node(A, record(1, 1)).shows(OTHERS).hears("n2", FollowRefused(1, "n1"))
    assert play.effects == []
    assert play.hears("n2", Promote(2)).said(Follow) == [Follow(2, "n1", "a", (Place(1, 1),))]


def test_a_standby_sealed_above_its_own_promotion_takes_a_newer_epoch() -> None:
    play = following().hears("w1", Seal(5)).hears("w1", Promote(3)).shows(Register(3, "n2", (B,)))
    assert not play.said(Heartbeat)
    assert proposals(play, Register(3, "n2", (B,))) == {Register(5, "n2", (B,))}


def test_a_deposed_primary_follows_and_comes_back_only_by_a_newer_epoch() -> None:
    play = serving(ALONE).hears("n2", Promote(3)).shows(Register(3, "n2", (B,)))
    assert TellRole("standby", 3) in play.effects
    play.hears("n2", Promote(4)).shows(Register(4, "n1", (A, B)))
    assert {beat.epoch for beat in play.said(Heartbeat)} == {4}


def test_a_standby_follows_the_next_reign_of_the_same_primary() -> None:
    play = following().hears("n1", FollowRefused(3, "n1")).shows(Register(3, "n1", (A, B)))
    assert play.said(Follow) == [Follow(3, "n2", "b", (Place(1, 1),))]


def test_a_change_of_eligible_alone_disturbs_no_follower() -> None:
    play = following().when(Fired(WATCH), after_s=1.1).shows(Register(2, "n1", (A,)))
    assert not play.said(Follow) and not play.of(TellRole)


def test_a_standby_tells_others_who_reigns() -> None:
    play = following().hears("n3", Follow(1, "n3", "c", ()), via="c")
    assert play.effects == [Answer("c", FollowRefused(2, "n1"))]


def test_a_timer_of_a_role_that_is_over_does_nothing() -> None:
    assert serving(BOTH).when(Fired(WATCH), Fired(LOOK), Fired("no such timer")).effects == []
    assert following().when(Fired("beat"), Fired("lease"), Fired("retake")).effects == []


def test_a_message_of_another_role_does_nothing() -> None:
    play = taking(ALONE)
    received = Received("n2", Stream(2, Place(1, 1), (record(2, 2),), 0), "c")
    assert play.when(received).effects == []
    assert node(A).when(received).effects == []
