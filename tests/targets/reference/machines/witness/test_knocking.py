from __future__ import annotations

from targets.reference.machines.witness.knocking import Knocking
from targets.reference.machines.words.grammar import Answer, Effects, Send
from targets.reference.machines.words.messages import Here, Missing, MissingAnswer, Reach
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S, SILENCE_S = SETTINGS.detector.interval_s, SETTINGS.detector.silence_s
MISSING = Missing(2, "n2", "b")


def said_dead(effects: Effects) -> bool:
    return Answer("c", MissingAnswer(2, "n2", "b", True)) in effects


class Asked:
    """n1 asks once an interval, from now_s 0 on."""

    def __init__(self) -> None:
        self.knocking, self.now_s = Knocking(SETTINGS), 0.0
        self.effects = self.knocking.asked(0.0, MISSING, "c")

    def until(self, until_s: float, *, here: Here | None = None) -> bool:
        while self.now_s < until_s - 1e-9:
            self.now_s += INTERVAL_S
            if here is not None:
                self.knocking.heard(self.now_s, here)
            self.effects = self.knocking.asked(self.now_s, MISSING, "c")
        return said_dead(self.effects)


def test_each_question_is_passed_on_as_a_knock() -> None:
    assert Send("n2", Reach(2)) in Asked().effects


def test_one_that_answers_nothing_for_a_whole_silence_is_dead_and_no_sooner() -> None:
    asked = Asked()
    assert not asked.until(SILENCE_S - INTERVAL_S)
    assert asked.until(SILENCE_S)


def test_one_that_answers_is_alive() -> None:
    assert not Asked().until(5 * SILENCE_S, here=Here(2, "n2", "b"))


def test_another_store_of_that_name_is_no_answer() -> None:
    assert Asked().until(SILENCE_S, here=Here(2, "n2", "another"))


def test_it_is_alive_again_from_its_first_answer_on() -> None:
    asked = Asked()
    assert asked.until(SILENCE_S)
    asked.knocking.heard(asked.now_s, Here(2, "n2", "b"))
    assert not asked.until(asked.now_s + INTERVAL_S)


def test_after_a_pause_of_the_questions_the_silence_begins_anew() -> None:
    """Nobody knocked meanwhile; or this host slept, and answers wait to be heard."""
    asked = Asked()
    asked.now_s = 10.0
    assert not said_dead(asked.knocking.asked(10.0, MISSING, "c"))
    assert not said_dead(asked.knocking.asked(10.0, MISSING, "c"))
    assert asked.until(10.0 + SILENCE_S + INTERVAL_S)
