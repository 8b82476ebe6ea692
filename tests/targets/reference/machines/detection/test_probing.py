from __future__ import annotations

import pytest

from targets.reference.machines.detection.probing import TIMER, Prober
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer
from targets.reference.machines.words.messages import Probe


def prober() -> Prober:
    return Prober(interval_s=0.1, forget_s=0.4)


def numbers(effects: Effects) -> list[int]:
    return [e.message.number for e in effects if isinstance(e, Send) and isinstance(e.message, Probe)]


def due_s(effects: Effects) -> float:
    return next(effect.at_s for effect in effects if isinstance(effect, SetTimer))


def test_it_asks_each_interval_with_a_number_of_its_own() -> None:
    asks = prober()
    assert asks.begin(1.0, "n1") == [SetTimer(TIMER, 1.1)]
    assert numbers(asks.fired(1.1)) == [1] and numbers(asks.fired(1.2)) == [2]
    assert asks.sent_s(1) == 1.1 and asks.sent_s(2) == 1.2


def test_an_urgent_one_asks_at_once() -> None:
    effects = prober().begin(1.0, "n1", at_once=True)
    assert numbers(effects) == [1] and due_s(effects) == pytest.approx(1.1)


def test_small_latenesses_do_not_add_up() -> None:
    asks = prober()
    asks.begin(1.0, "n1")
    assert due_s(asks.fired(1.101)) == pytest.approx(1.2)
    assert due_s(asks.fired(1.7)) == pytest.approx(1.8), "but what was slept through is not made up for"


def test_only_a_late_timer_tells_of_a_host_that_slept() -> None:
    asks = prober()
    asks.begin(1.0, "n1")
    assert asks.late_s(1.101) == 0.0 and asks.late_s(1.3) == pytest.approx(0.2)


def test_an_answer_that_comes_too_late_is_none() -> None:
    asks = prober()
    asks.begin(1.0, "n1", at_once=True)
    for tick in range(1, 6):
        asks.fired(1.0 + tick / 10)
    assert asks.sent_s(1) is None and asks.sent_s(3) is not None


def test_whom_it_asks_next_never_answers_for_the_one_before() -> None:
    asks = prober()
    asks.begin(1.0, "n1", at_once=True)
    asks.begin(1.05, "n2")
    assert asks.sent_s(1) is None
    (send, _) = asks.fired(1.15)
    assert send == Send("n2", Probe(2))


def test_once_ended_it_asks_nobody() -> None:
    asks = prober()
    asks.begin(1.0, "n1")
    assert asks.end() == [StopTimer(TIMER)] and asks.fired(1.1) == []
