"""A process dies where it was told to, after it has said so; nothing is looked at while nothing is armed."""

from __future__ import annotations

import asyncio

from harness.model.event import MomentCame
from harness.model.fault import Side
from targets.reference.driver.crashpoint import CrashPoints
from targets.reference.driver.loop import MachineLoop
from targets.reference.machines.words.grammar import Effects, Event, Received, Redirect, Send
from targets.reference.machines.words.messages import Here, Seal
from targets.reference.orders import CrashOrder

SEAL = Received("w1", Seal(2), "c1")


class Died(BaseException):
    """In place of the end of the process; no carrier may swallow it."""


class Process:
    """A machine that answers each event with an answer and a move of the router."""

    def __init__(self) -> None:
        self.told: list[MomentCame] = []
        self.done: list[str] = []
        self.points = CrashPoints("n2", told=self.told.append, end=self._end)

    def handle(self, now_s: float, event: Event, /) -> Effects:
        self.done.append("handled")
        return [Send("w1", Here(1, "n2", "x")), Redirect("n2", 2)]

    def feed(self, *events: Event) -> None:
        async def go() -> None:
            loop = MachineLoop(self, {Send: self._note, Redirect: self._note}, points=self.points)
            for event in events:
                loop.feed(event)

        try:
            asyncio.run(go())
        except Died:
            self.done.append("dead")

    def _note(self, effect: object) -> None:
        self.done.append(type(effect).__name__)

    def _end(self) -> None:
        raise Died


def order(side: Side, act: str, what: str, *, nth: int = 1, name: str = "t1.s1") -> CrashOrder:
    return CrashOrder(name, act, what, nth, side)


def died_at(*orders: CrashOrder, events: int = 1) -> Process:
    process = Process()
    for one in orders:
        process.points.arm(one)
    process.feed(*[SEAL] * events)
    return process


def test_before_an_act_it_is_not_done() -> None:
    assert died_at(order("before", "sends", "Here")).done == ["handled", "dead"]


def test_after_an_act_it_is_done_and_nothing_that_follows() -> None:
    assert died_at(order("after", "sends", "Here")).done == ["handled", "Send", "dead"]


def test_a_message_is_not_handled_or_handled_and_not_acted_upon() -> None:
    assert died_at(order("before", "receives", "Seal")).done == ["dead"]
    assert died_at(order("after", "receives", "Seal")).done == ["handled", "dead"]


def test_the_nth_time_counts() -> None:
    process = died_at(order("before", "does", "Redirect", nth=2), events=3)
    assert process.done == ["handled", "Send", "Redirect", "handled", "Send", "dead"]


def test_it_says_so_before_it_dies() -> None:
    (moment,) = died_at(order("before", "sends", "Here")).told
    assert (moment.moment_id, moment.host) == ("t1.s1", "n2")
    assert moment.text == "n2 dies before it sends Here"


def test_what_was_taken_back_happens_no_more() -> None:
    process = Process()
    process.points.arm(order("before", "sends", "Here"))
    process.points.spare("t1.s1")
    process.points.spare("never armed")
    process.feed(SEAL)
    assert (process.points.armed, process.done) == (False, ["handled", "Send", "Redirect"])


def test_several_points_are_waited_for_at_once() -> None:
    process = died_at(
        order("before", "sends", "Seal", name="a"), order("after", "does", "Redirect", name="b")
    )
    assert process.done == ["handled", "Send", "Redirect", "dead"]
