from __future__ import annotations

from targets.reference.machines.agent import AGAIN, BEAT, Agent
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Answer,
    Began,
    Fired,
    Keep,
    StartChild,
    TellRole,
)
from targets.reference.machines.words.messages import (
    Alive,
    HandBack,
    HandBackNoted,
    Place,
    Ship,
    Shipped,
    Wake,
)
from tests.targets.reference.machines.playbook import SETTINGS, Play, record

INTERVAL_S = SETTINGS.detector.interval_s


def agent(*claims: int) -> Play:
    """Its child runs and has claimed these epochs."""
    play = Play(Agent("n1", SETTINGS)).when(Began())
    return play.when(*(AgentSaw("child claims", epoch) for epoch in claims))


def test_it_starts_its_child_when_the_host_begins_and_by_an_order() -> None:
    assert Play(Agent("n1", SETTINGS)).when(Began()).effects == [StartChild()]
    assert agent().when(AgentSaw("start")).effects == [StartChild()]


def test_a_child_that_ended_is_not_started_again_without_an_order() -> None:
    assert not agent(1).when(AgentSaw("child ended")).of(StartChild)


def test_when_the_child_ends_its_epoch_is_handed_back_to_every_witness_at_once() -> None:
    play = agent(1, 3).when(AgentSaw("child ended"))
    assert play.said(HandBack) == [HandBack(3, "n1")] * 3
    assert play.sent_to(HandBack) == ["w1", "w2", "w3"]
    assert play.effects[-1] == TellRole("down", 3)


def test_while_its_child_reigns_it_says_so_to_every_witness_each_interval() -> None:
    play = agent(3)
    assert play.said(Alive) == [Alive(3, "n1")] * 3 and play.due_s(BEAT) == play.now_s + INTERVAL_S
    assert play.when(Fired(BEAT), after_s=INTERVAL_S).sent_to(Alive) == ["w1", "w2", "w3"]
    play.when(AgentSaw("child ended"))
    assert play.when(Fired(BEAT), after_s=INTERVAL_S).effects == []


def test_nothing_is_handed_back_while_the_child_lives() -> None:
    assert agent(1).when(Fired(AGAIN)).effects == []


def test_a_standbys_end_hands_nothing_back() -> None:
    assert agent().when(AgentSaw("child ended")).effects == [TellRole("down", 0)]


def test_the_end_of_a_second_child_that_claimed_nothing_hands_nothing_back() -> None:
    play = agent(1).when(AgentSaw("child ended"))
    for witness in ("w1", "w2", "w3"):
        play.hears(witness, HandBackNoted(1, "n1"))
    play.when(AgentSaw("start"), AgentSaw("child ended"))
    assert not play.said(HandBack)


def test_it_is_said_again_to_those_who_have_not_noted_it() -> None:
    play = agent(1).when(AgentSaw("child ended"))
    assert play.due_s(AGAIN) == play.now_s + INTERVAL_S
    play.hears("w1", HandBackNoted(1, "n1"))
    play.hears("w2", HandBackNoted(0, "n1"))
    assert play.when(Fired(AGAIN), after_s=INTERVAL_S).sent_to(HandBack) == ["w2", "w3"]


def test_it_is_said_no_more_when_all_have_noted_it() -> None:
    play = agent(1).when(AgentSaw("child ended"))
    for witness in ("w1", "w2", "w3"):
        play.hears(witness, HandBackNoted(1, "n1"))
    assert play.when(Fired(AGAIN), after_s=INTERVAL_S).effects == []


def test_it_stops_trying_at_last() -> None:
    play = agent(1).when(AgentSaw("child ended"))
    rounds = 0
    while play.when(Fired(AGAIN), after_s=INTERVAL_S).effects and rounds < 1000:
        rounds += 1
    assert 10 < rounds < 1000


RESTS = AgentSaw("child rests", 3, "b", Place(3, 9))


def resting() -> Play:
    return Play(Agent("n2", SETTINGS)).when(Began()).when(RESTS).when(AgentSaw("child ended"))


def test_a_child_that_went_to_rest_is_cold_and_not_down() -> None:
    assert resting().effects == [TellRole("cold", 3)]


def test_at_rest_it_keeps_what_is_shipped() -> None:
    play = resting().hears("n1", Ship(3, Place(3, 9), (record(3, 10),)))
    assert play.effects == [Keep((record(3, 10),)), Answer("to n1", Shipped("n2", "b", Place(3, 10)))]


def test_woken_it_starts_its_child_and_keeps_nothing_more() -> None:
    play = resting().hears("w1", Wake(3))
    assert play.effects == [StartChild()]
    assert play.hears("n1", Ship(3, Place(3, 9), ())).effects == []
    assert play.hears("w1", Wake(3)).effects == []


def test_a_word_of_an_older_reign_wakes_nobody() -> None:
    assert resting().hears("n1", Wake(2)).effects == []


def test_who_is_not_at_rest_is_not_woken_and_keeps_nothing() -> None:
    for play in (agent(1), agent(1).when(AgentSaw("child ended"))):
        assert play.hears("w1", Wake(9)).effects == []
        assert play.hears("n2", Ship(9, Place(), ())).effects == []


def test_an_order_that_comes_while_the_child_goes_to_rest_starts_it_again() -> None:
    play = Play(Agent("n2", SETTINGS)).when(Began()).when(RESTS).when(AgentSaw("start"))
    assert play.effects == [] and play.when(AgentSaw("child ended")).effects == [StartChild()]
