from __future__ import annotations

from targets.reference.machines.words.grammar import Durable, Fired, Send, TellRole
from targets.reference.machines.words.messages import (
    Accept,
    HandBack,
    HeartbeatRefused,
    Place,
    Prepare,
    Promote,
    Register,
    Reply,
    Seal,
    Sealed,
    StreamAck,
    StreamRefused,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from tests.targets.reference.machines.playbook import A, B, Play, serving

BOTH, ALONE = Register(2, "n1", (A, B)), Register(2, "n1", (A,))


def asked(play: Play, to: str = "n2") -> Play:
    return play.hears("operator", SwitchOver(9, to))


def answers(play: Play) -> list[tuple[bool, str]]:
    return [(answer.ok, answer.detail) for answer in play.said(SwitchOverAnswer)]


def write(play: Play, request: int = 1) -> Play:
    return play.hears("client", Write(request, "k", "new"))


def outcomes(play: Play) -> list[str]:
    return [reply.outcome for reply in play.said(Reply)]


def sealed(play: Play, *, last: int = 2, epoch: int = 3, identity: str = "b") -> Play:
    return play.hears("n2", Sealed(epoch, "n2", identity, Place(2, last)))


def proposed() -> Play:
    return sealed(asked(serving(BOTH)))


def test_a_drained_primary_seals_its_candidate() -> None:
    assert asked(serving(BOTH)).of(Send) == [Send("n2", Seal(3))]


def test_the_seal_is_asked_for_again_until_it_is_answered() -> None:
    play = asked(serving(BOTH)).when(Fired("beat"), after_s=0.1)
    assert play.said(Seal) == [Seal(3)]
    assert not sealed(play).when(Fired("beat"), after_s=0.1).said(Seal)


def test_an_answer_while_another_ballot_is_under_way_is_asked_for_again_after_it() -> None:
    play = serving(BOTH).hears("w1", HeartbeatRefused(2, "n1", 0.0, 3))
    ballot = play.said(Prepare)
    asked(play)
    assert not sealed(play).said(Prepare)
    play.effects = [Send("w1", ballot[-1])]
    assert play.shows(BOTH).said(Seal) == [Seal(3)]
    assert sealed(play).said(Prepare)


def test_the_refusal_that_its_own_seal_causes_is_no_reason_to_take_a_new_epoch() -> None:
    play = asked(serving(BOTH)).hears("n2", StreamRefused(2, "n2", 3, Place(2, 2)))
    assert not play.said(Prepare)


def test_no_new_write_is_taken_while_it_switches() -> None:
    assert outcomes(write(asked(serving(BOTH)))) == ["fail"]


def test_it_drains_first_until_the_candidate_holds_everything() -> None:
    play = asked(write(serving(BOTH)))
    assert not play.said(Seal)
    assert not play.when(Durable(2, 3)).said(Seal)
    play.hears("n2", StreamAck(2, "n2", "b", Place(2, 3)))
    assert outcomes(play) == ["ok"] and play.said(Seal) == [Seal(3)]


def test_the_register_moves_to_the_candidate_only_after_its_seal() -> None:
    """Switchover without seal: the candidate could follow records that it then reigns without."""
    play = asked(serving(BOTH))
    assert not play.said(Prepare)
    play = sealed(play)
    assert play.said(Prepare)
    assert {accept.value for accept in play.promised(BOTH).said(Accept)} == {Register(3, "n2", (B,))}


def test_a_candidate_that_lacks_something_is_not_proposed() -> None:
    assert not sealed(asked(serving(BOTH)), last=1).said(Prepare)


def test_another_store_under_the_candidates_name_is_not_proposed() -> None:
    assert not sealed(asked(serving(BOTH)), identity="fresh").said(Prepare)


def test_the_epoch_is_not_below_the_seal_that_the_candidate_had_already() -> None:
    play = sealed(asked(serving(BOTH)), epoch=7).promised(BOTH)
    assert {accept.value for accept in play.said(Accept)} == {Register(7, "n2", (B,))}


def test_the_lease_is_handed_back_only_after_the_commit() -> None:
    play = proposed()
    assert not play.said(HandBack)
    play.shows(BOTH)
    assert set(play.said(HandBack)) == {HandBack(2, "n1")}
    assert answers(play) == [(True, "n2 is primary of epoch 3")]
    assert TellRole("standby", 3) in play.effects


def test_the_candidate_is_told_at_once() -> None:
    play = proposed().shows(BOTH)
    assert Send("n2", Promote(3)) in play.effects
