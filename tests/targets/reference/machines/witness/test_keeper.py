"""What a witness promises, accepts, copies and looks up, seen from outside."""

from __future__ import annotations

from targets.reference.machines.witness import copying
from targets.reference.machines.witness.keeper import REFRESH
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Answer,
    Began,
    Fired,
    Persist,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    BallotRefused,
    CopyAnswer,
    CopyRequest,
    Granted,
    HandBack,
    Heartbeat,
    HeartbeatRefused,
    Place,
    Prepare,
    Promised,
    Register,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B, Play
from tests.targets.reference.machines.witness.test_witness import (
    INTERVAL_S,
    L_S,
    MOVED,
    ONE,
    V,
    beat,
    began,
    silent,
    voted,
    watching,
)

# --- the register's acceptor ------------------------------------------------------------------------


def test_a_promise_is_durable_before_it_is_answered() -> None:
    play = began().hears("n2", Prepare((2, "n2", 1)), via="c")
    assert play.effects == [
        Persist(WitnessState(promised=(2, "n2", 1), accepted=ONE, value=V)),
        Answer("c", Promised((2, "n2", 1), ONE, V)),
    ]


def test_an_accepted_value_is_durable_before_it_is_answered() -> None:
    play = began().hears("n1", Accept((2, "n1", 7), Register(1, "n1", (A,))), via="c")
    assert isinstance(play.effects[0], Persist)
    assert play.effects[1] == Answer("c", Accepted((2, "n1", 7)))


def test_an_older_ballot_is_refused() -> None:
    play = began().hears("n2", Prepare((0, "n2", 1)), via="c")
    assert play.effects == [Answer("c", BallotRefused((0, "n2", 1), ONE))]


def test_another_primary_is_not_accepted_while_the_grant_to_the_present_one_lasts() -> None:
    """The register never outruns a lease, however late a coordinator's message comes."""
    play = watching().hears("w2", Accept((2, "w2", 1), MOVED))
    assert play.said(BallotRefused) and not play.of(Persist)
    beat(play, after_s=INTERVAL_S)
    assert play.said(HeartbeatRefused), "it runs out: asked again it must be able to say yes"
    play.hears("w2", Accept((3, "w2", 1), MOVED), after_s=L_S)
    assert play.said(Accepted)


def test_another_primary_is_not_accepted_right_after_a_restart() -> None:
    play = began().hears("w2", Accept((2, "w2", 1), MOVED), after_s=L_S - 0.001)
    assert play.said(BallotRefused)
    assert play.hears("w2", Accept((2, "w2", 1), MOVED), after_s=0.001).said(Accepted)


def test_the_present_primary_itself_may_hand_over_or_take_a_newer_epoch() -> None:
    assert watching().hears("n1", Accept((2, "n1", 7), MOVED)).said(Accepted)
    assert watching().hears("w2", Accept((2, "w2", 1), Register(2, "n1", (A, B)))).said(Accepted)


# --- learning the register ----------------------------------------------------------------------------


def test_a_witness_that_missed_a_change_brings_itself_up_to_date() -> None:
    play = watching().hears("n1", HandBack(1, "n1"))
    beat(play, 2, "n2")
    play.when(Fired(REFRESH), after_s=play.due_s(REFRESH) - play.now_s)
    assert play.said(Prepare)
    play.shows(MOVED)
    assert play.of(TellRegister) == [TellRegister(MOVED)]


def test_a_witness_that_is_up_to_date_reads_nothing() -> None:
    play = watching()
    assert not play.when(Fired(REFRESH)).said(Prepare)


def test_what_it_finds_in_force_when_it_wants_to_lead_a_failover_is_told_too() -> None:
    """It was told to nobody, and a reign that is known already makes no news: it was never ready again."""
    play = voted(silent(watching())).shows(MOVED)
    assert play.of(TellRegister) == [TellRegister(MOVED)]
    assert not beat(play, 2, "n2").of(TellRegister), "once"


# --- without a store ----------------------------------------------------------------------------------


def test_a_witness_without_its_store_answers_nothing_but_that_it_has_none() -> None:
    play = Play(Witness("w1", SETTINGS, None, 7)).when(Began())
    for message in (Prepare((9, "n1", 1)), Accept((9, "n1", 1), V), Heartbeat(1, "n1", 0.0, Place())):
        assert play.hears("n1", message).effects == []
    play.hears("w2", CopyRequest(4), via="c")
    assert play.effects == [Answer("c", CopyAnswer(4, True, NO_BALLOT, NO_BALLOT, Register()))]


def test_what_it_copied_is_durable_before_it_speaks() -> None:
    play = Play(Witness("w1", SETTINGS, None, 7)).when(Began())
    play.when(Fired(copying.TIMER), after_s=1.0)
    play.hears("w2", CopyAnswer(1, False, (5, "n1", 1), ONE, V))
    assert play.effects == []
    play.hears("w3", CopyAnswer(1, False, ONE, ONE, V))
    assert play.effects[0] == Persist(WitnessState(promised=(5, "n1", 1), accepted=ONE, value=V))
    assert play.hears("n2", Prepare((4, "n2", 1))).said(BallotRefused)
    assert beat(play, after_s=L_S).said(Granted)
