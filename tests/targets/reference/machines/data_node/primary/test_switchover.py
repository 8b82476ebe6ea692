"""When there may be a switchover, and how it ends, seen from outside."""

from __future__ import annotations

from targets.reference.machines.data_node.primary import handover as switch
from targets.reference.machines.data_node.primary.retaking import TIMER as RETAKE
from targets.reference.machines.words.grammar import Append, Fired, Send
from targets.reference.machines.words.messages import (
    Accept,
    Place,
    Prepare,
    StreamRefused,
)
from tests.targets.reference.machines.data_node.primary.test_handover import (
    ALONE,
    BOTH,
    answers,
    asked,
    outcomes,
    proposed,
    sealed,
    write,
)
from tests.targets.reference.machines.playbook import SETTINGS, serving


def test_a_proposed_switchover_is_ended_by_the_register_alone() -> None:
    """Resumed on a time-out it would write beside the candidate, whose change may land yet."""
    play = proposed()
    play.when(Fired(switch.TIMER), after_s=switch.WITHIN_S)
    assert answers(play) == []
    assert outcomes(write(play)) == ["fail"]


def test_it_resumes_only_after_a_full_ballot_has_shown_that_it_is_still_primary() -> None:
    play = proposed().promised(BOTH)
    play.refused(play.said(Accept)[-1].ballot)
    retry = play.said(Prepare)
    assert outcomes(write(play)) == ["fail"]
    play.effects = [Send("w1", retry[-1])]
    play.promised(BOTH)
    assert outcomes(write(play)) == ["fail"]
    play.accepted(retry[-1].ballot)
    assert answers(play) == [(False, "the register kept this primary")]
    assert outcomes(write(play)) == [] and play.of(Append)


def test_given_up_before_it_was_proposed_the_primary_goes_on() -> None:
    play = asked(serving(BOTH))
    play.when(Fired(switch.TIMER), after_s=0.1)
    assert answers(play) == [(False, "not within 1 s: it was still sealing")]
    write(play)
    assert outcomes(play) == []


def test_the_seal_that_it_left_makes_it_take_a_new_epoch() -> None:
    play = asked(serving(BOTH)).when(Fired(switch.TIMER), after_s=0.1)
    play.hears("n2", StreamRefused(2, "n2", 3, Place(2, 2))).shows(BOTH)
    play.hears("n2", StreamRefused(2, "n2", 3, Place(2, 2)), after_s=SETTINGS.granted_lease_s)
    play.when(Fired(RETAKE)).shows(BOTH)
    assert play.said(Prepare)


def test_a_late_answer_to_a_seal_that_was_given_up_proposes_nothing() -> None:
    play = asked(serving(BOTH)).when(Fired(switch.TIMER), after_s=0.1)
    assert not sealed(play).said(Prepare)


def test_what_cannot_be_handed_over_is_refused_with_the_reason() -> None:
    assert answers(asked(serving(BOTH), to="n1")) == [(False, "n1 is primary already")]
    assert answers(asked(serving(ALONE))) == [(False, "n2 is not an eligible standby that follows")]
    assert answers(asked(asked(serving(BOTH)))) == [(False, "a switchover is under way")]
    late = serving(BOTH)
    late.now_s += SETTINGS.held_lease_s
    assert answers(asked(late)) == [(False, "n1 does not serve")]


def test_an_operators_word_that_came_in_between_is_no_rival() -> None:
    """Maintenance is a part of the register, and no primary hears of it: the compare alone fails."""
    play = proposed().promised(BOTH.maintained("disk swap"))
    play.accepted(play.said(Accept)[-1].ballot)
    assert answers(play) == [] and play.said(Prepare)
    play.promised(BOTH.maintained("disk swap"))
    (change,) = {accept.value for accept in play.said(Accept)}
    assert change.primary == "n2" and change.maintenance == "disk swap"
