"""A planned switchover with k of n: who is sealed, and who stays eligible."""

from __future__ import annotations

from typing import Any

from targets.reference.defects import SWITCHOVER_KEEPS_LAGGARDS
from targets.reference.machines.data_node.primary import handover
from targets.reference.machines.words.grammar import Fired
from targets.reference.machines.words.messages import (
    Accept,
    Follow,
    Member,
    Place,
    Prepare,
    Register,
    Seal,
    Sealed,
    StreamAck,
    SwitchOver,
)
from tests.targets.reference.machines.playbook import A, B, Play, serving

C = Member("n3", "c")
THREE = Register(2, "n1", (A, B, C))


def asked(*, sync_standbys: int = 1, c_holds: int = 2, **words: Any) -> Play:
    """n1 hands over to n2; n3 follows and holds that much."""
    play = serving(THREE, nodes=("n1", "n2", "n3"), sync_standbys=sync_standbys, **words)
    play.hears("n3", Follow(2, "n3", "c", (Place(1, 1),)))
    play.hears("n3", StreamAck(2, "n3", "c", Place(2, c_holds) if c_holds > 1 else Place(1, 1)))
    return play.hears("operator", SwitchOver(9, "n2"))


def sealed(play: Play, member: Member, last: Place) -> Play:
    return play.hears(member.node, Sealed(3, member.node, member.identity, last))


def proposed(play: Play) -> set[Register]:
    play.promised(THREE)
    return {accept.value for accept in play.said(Accept)}


def test_with_k_of_n_every_eligible_standby_is_sealed() -> None:
    assert asked().sent_to(Seal) == ["n2", "n3"]


def test_with_all_of_n_the_candidate_alone_is_and_the_others_stay() -> None:
    play = asked(sync_standbys=0)
    assert play.sent_to(Seal) == ["n2"]
    assert proposed(sealed(play, B, Place(2, 2))) == {Register(3, "n2", (B, C))}


def test_the_others_get_a_moment_to_say_what_they_hold() -> None:
    play = sealed(asked(), B, Place(2, 2))
    assert not play.said(Prepare)
    assert proposed(sealed(play, C, Place(2, 2))) == {Register(3, "n2", (B, C))}


def test_one_that_does_not_answer_is_not_waited_for_and_leaves() -> None:
    play = sealed(asked(), B, Place(2, 2))
    assert 0 < play.due_s(handover.GATHER) - play.now_s < 0.1
    assert proposed(play.when(Fired(handover.GATHER), after_s=0.02)) == {Register(3, "n2", (B,))}


def test_one_that_lacks_something_leaves() -> None:
    """Else a later failover may seal it alone, as the only standby of the new primary."""
    for defect, stay in (("", (B,)), (SWITCHOVER_KEEPS_LAGGARDS, (B, C))):
        play = asked(c_holds=1, defect=defect)
        sealed(sealed(play, C, Place(1, 1)), B, Place(2, 2))
        assert proposed(play) == {Register(3, "n2", stay)}


def test_the_candidate_itself_must_hold_everything() -> None:
    play = sealed(sealed(asked(), C, Place(2, 2)), B, Place(1, 1))
    assert not play.said(Prepare)
    assert not play.when(Fired(handover.GATHER), after_s=0.02).said(Prepare)
