"""One machine on a real loop: order, no re-entry, timers never early, and an end when anything breaks."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

from targets.reference.driver.loop import BROKEN, MachineLoop
from targets.reference.driver.surroundings import now_s
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Alert,
    Began,
    Effects,
    Event,
    Fired,
    SetTimer,
    StopTimer,
)


class Script:
    """A machine that answers each event by what the test says, and keeps what it saw and when."""

    def __init__(self, answer: Callable[[float, Event], Effects]) -> None:
        self.seen: list[tuple[float, Event]] = []
        self.busy = False
        self._answer = answer

    def handle(self, now_s: float, event: Event, /) -> Effects:
        assert not self.busy, "the machine was re-entered"
        self.busy = True
        self.seen.append((now_s, event))
        effects = self._answer(now_s, event)
        self.busy = False
        return effects


def test_effects_are_carried_out_in_order_before_the_next_event_is_handled() -> None:
    carried: list[str] = []

    def answer(now_s: float, event: Event) -> Effects:
        if isinstance(event, Began):
            return [Alert("first"), Alert("second")]
        return [Alert("third")]

    async def go() -> None:
        def carry(alert: Alert) -> None:
            carried.append(alert.text)
            if alert.text == "first":
                loop.feed(AgentSaw("start"))

        loop = MachineLoop(Script(answer), {Alert: carry})
        loop.feed(Began())

    asyncio.run(go())
    assert carried == ["first", "second", "third"]


def test_a_timer_never_fires_before_its_time_and_the_last_setting_counts() -> None:
    async def go() -> list[tuple[float, Event]]:
        start_s = now_s()

        def answer(now_s: float, event: Event) -> Effects:
            if isinstance(event, Began):
                return [
                    SetTimer("a", start_s + 10),
                    SetTimer("a", start_s + 0.02),
                    SetTimer("b", start_s + 0.01),
                    StopTimer("b"),
                    StopTimer("never set"),
                    SetTimer("c", start_s - 5),
                ]
            return []

        machine = Script(answer)
        MachineLoop(machine, {}).feed(Began())
        await asyncio.sleep(0.06)
        return [(at_s - start_s, event) for at_s, event in machine.seen[1:]]

    fired = asyncio.run(go())
    assert [event for _, event in fired] == [Fired("c"), Fired("a")]
    assert fired[1][0] >= 0.02


_BREAKS = """
import asyncio
from targets.reference.driver.loop import MachineLoop
from targets.reference.machines.words.grammar import Alert, Began, StartChild
class Broken:
    def handle(self, now_s, event):
        return [Alert("before"), StartChild(), Alert("after")]
async def go():
    MachineLoop(Broken(), {Alert: lambda alert: print(alert.text, flush=True)}).feed(Began())
    print("went on", flush=True)
asyncio.run(go())
"""


def test_an_effect_that_cannot_be_carried_out_ends_the_process_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", _BREAKS], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (BROKEN, "before\n")
    assert "StartChild" in done.stderr
