from __future__ import annotations

from targets.reference.machines.witness import switching
from targets.reference.machines.witness.switching import Switched, Switching
from targets.reference.machines.words.grammar import AskPower, Effects, PowerAnswered, PowerState, SetTimer
from targets.reference.machines.words.messages import FenceOrder

OFF, ON = FenceOrder(5, "n1", "Off", "anna"), FenceOrder(5, "n1", "On", "anna")


class Device:
    """Answers by hand what was asked last."""

    def __init__(self, order: FenceOrder) -> None:
        self.switching, self.now_s = Switching(), 100.0
        self.ended: list[Switched] = []
        self.effects: Effects = self.switching.begin(self.now_s, order)

    @property
    def asked(self) -> list[str]:
        return [effect.order for effect in self.effects if isinstance(effect, AskPower)]

    def says(self, state: PowerState, detail: str = "", *, request: int | None = None) -> Device:
        number = self.switching._requests if request is None else request
        self._took(self.switching.answered(self.now_s, PowerAnswered(number, "n1", state, detail)))
        return self

    def later(self, after_s: float) -> Device:
        self.now_s += after_s
        self._took(self.switching.fired(self.now_s))
        return self

    def _took(self, told: tuple[Effects, Switched | None]) -> None:
        self.effects, ended = told
        self.ended += [ended] if ended else []


def test_off_counts_only_when_it_was_read_back() -> None:
    device = Device(OFF)
    assert device.asked == ["ForceOff"]
    assert device.says("Off").asked == ["read"] and not device.ended
    device.says("PoweringOff").later(0.2)
    assert device.asked == ["read"] and not device.ended
    device.says("Off")
    assert device.ended == [Switched(True, "n1 is Off, read back from the fence device")]


def test_power_is_given_back_by_the_same_rule() -> None:
    device = Device(ON)
    assert device.asked == ["On"]
    device.says("PoweringOn").says("On")
    assert device.ended[0].ok


def test_a_device_that_refuses_is_asked_again_and_its_word_is_told_in_the_end() -> None:
    device = Device(OFF)
    assert device.says("unknown", "401 Unauthorized").asked == []
    assert device.later(0.2).asked == ["ForceOff"]
    device.says("unknown", "401 Unauthorized").later(switching.WITHIN_S)
    assert device.ended == [Switched(False, "not seen to be Off in 10 s; the device: 401 Unauthorized")]


def test_a_device_that_never_answers_is_asked_again() -> None:
    device = Device(OFF)
    (timer,) = [effect for effect in device.effects if isinstance(effect, SetTimer)]
    assert timer.at_s == device.now_s + 1.0 and device.later(1.0).asked == ["ForceOff"]


def test_a_late_answer_to_an_older_question_says_nothing() -> None:
    device = Device(OFF).says("Off")
    assert device.says("Off", request=-1).effects == [] and not device.ended


def test_its_questions_are_no_failovers() -> None:
    device = Device(OFF)
    assert all(effect.request < 0 for effect in device.effects if isinstance(effect, AskPower))


def test_who_was_called_back_before_it_was_seen_off_is_switched_off_once_more() -> None:
    device = Device(OFF).says("PoweringOff").says("PoweringOn").later(0.02)
    assert device.asked == ["ForceOff"]
    device.says("PoweringOff").says("Off")
    assert [ended.ok for ended in device.ended] == [True]
