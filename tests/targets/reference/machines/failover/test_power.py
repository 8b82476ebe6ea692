from __future__ import annotations

import msgspec

from targets.reference.machines.failover.power import CUT, LOOK, Power
from targets.reference.machines.words.grammar import (
    Alert,
    AskPower,
    Began,
    Effects,
    Event,
    Fired,
    PowerAnswered,
    PowerState,
)
from tests.targets.reference.machines.playbook import SETTINGS, Play

DEVICE = msgspec.structs.replace(SETTINGS, fence="device")
INTERVAL_S = SETTINGS.detector.interval_s


class Asking:
    """A witness's power alone."""

    def __init__(self, place: int = 0) -> None:
        self.power = Power(DEVICE, place)

    def handle(self, now_s: float, event: Event) -> Effects:
        match event:
            case PowerAnswered():
                return self.power.answered(now_s, event)
            case Fired(timer=timer):
                return self.power.fired(now_s, timer)
            case _:
                return self.power.began(now_s)


def power(play: Play) -> Power:
    assert isinstance(play.machine, Asking)
    return play.machine.power


def cutting() -> Play:
    """n1 is told to be switched off: request 1."""
    play = Play(Asking())
    assert power(play).cut("n1") == [AskPower(1, "n1", "ForceOff")]
    return play


def answers(play: Play, request: int, state: PowerState, detail: str = "") -> Play:
    return play.when(PowerAnswered(request, "n1", state, detail))


# --- a cut --------------------------------------------------------------------------------------------


def test_an_order_that_was_taken_does_not_count_until_the_state_is_read_back_as_off() -> None:
    play = answers(cutting(), 1, "PoweringOff")
    assert play.of(AskPower) == [AskPower(2, "n1", "read")] and power(play).state == "reading"
    answers(play, 2, "PoweringOff")
    assert power(play).state == "reading"
    play.when(Fired(CUT), after_s=play.due_s(CUT) - play.now_s)
    assert play.of(AskPower) == [AskPower(3, "n1", "read")]
    assert answers(play, 3, "Off").effects == [] and power(play).state == "off"


def test_an_order_that_says_off_itself_is_read_back_all_the_same() -> None:
    play = answers(cutting(), 1, "Off")
    assert power(play).state == "reading"


def test_a_device_that_gives_no_answer_is_asked_again_and_a_person_is_told_once() -> None:
    play = answers(cutting(), 1, "unknown", "no answer")
    assert len(play.of(Alert)) == 1 and not play.of(AskPower) and power(play).state == "ordered"
    play.when(Fired(CUT), after_s=INTERVAL_S)
    assert play.of(AskPower) == [AskPower(2, "n1", "ForceOff")]
    assert not answers(play, 2, "unknown", "no answer").of(Alert)
    play.when(Fired(CUT), after_s=INTERVAL_S)
    assert len(answers(play, 3, "unknown", "401").of(Alert)) == 1


def test_a_late_answer_of_an_earlier_cut_says_nothing_about_this_one() -> None:
    """It was about the node's former life."""
    play = answers(cutting(), 1, "On")
    power(play).release(play.now_s)
    power(play).cut("n1")
    answers(play, 3, "On")
    answers(play, 2, "Off")
    assert power(play).state == "reading"


def test_a_question_under_way_is_not_asked_twice() -> None:
    assert not cutting().when(Fired(CUT)).of(AskPower)


# --- looks --------------------------------------------------------------------------------------------


def looked(play: Play) -> list[AskPower]:
    return play.when(Fired(LOOK), after_s=1.0).of(AskPower)


def test_whoever_is_off_is_switched_on() -> None:
    """Who switched it off may be dead: nobody has to remember it."""
    play = Play(Asking())
    assert looked(play) == [AskPower(1, "n1", "read"), AskPower(2, "n2", "read")]
    assert answers(play, 1, "Off").of(AskPower) == [AskPower(3, "n1", "On")]
    assert not play.when(PowerAnswered(2, "n2", "On")).effects


def test_whoever_is_on_its_way_down_though_nobody_waits_for_it_is_called_back() -> None:
    """A slow switch; the lease has ended first."""
    play = Play(Asking())
    looked(play)
    assert answers(play, 1, "PoweringOff").of(AskPower) == [AskPower(3, "n1", "On")]


def test_looks_come_again_and_again_and_one_at_a_time() -> None:
    play = Play(Asking())
    assert looked(play) and not looked(play)
    assert play.due_s(LOOK) == play.now_s + 1.0
    play.when(PowerAnswered(1, "n1", "unknown", "no answer"), PowerAnswered(2, "n2", "On"))
    assert looked(play)


def test_each_witness_looks_at_a_time_of_its_own() -> None:
    first, second = (Play(Asking(place)).when(Began()) for place in (0, 1))
    assert second.due_s(LOOK) > first.due_s(LOOK)


def test_who_is_being_fenced_is_not_looked_at() -> None:
    play = cutting()
    assert [ask.node for ask in looked(play)] == ["n2"]


def test_who_is_being_fenced_by_another_is_left_off_for_a_while() -> None:
    play = Play(Asking())
    looked(play)
    power(play).hold(play.now_s, "n1")
    assert not answers(play, 1, "Off").of(AskPower)
    play.when(PowerAnswered(2, "n2", "On"))
    assert [ask.node for ask in looked(play)] == ["n1", "n2"]


def test_what_was_fenced_is_looked_at_as_soon_as_it_is_released() -> None:
    play = cutting()
    play.effects = power(play).release(play.now_s)
    assert play.due_s(LOOK) == play.now_s and power(play).state == "none"
    assert [ask.node for ask in looked(play)] == ["n1", "n2"]


def test_while_somebody_works_on_the_nodes_none_is_switched_on() -> None:
    play = Play(Asking())
    play.effects = power(play).fired(play.now_s, LOOK, resting=True)
    assert not play.of(AskPower) and play.due_s(LOOK) == play.now_s + 1.0


def test_without_a_device_nothing_is_looked_at() -> None:
    assert Power(SETTINGS, 0).began(0.0) == []
