"""Runs one machine: an event in, its effects out in order, then the next event. Ignores the protocol."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from targets.reference.driver.crashpoint import CrashPoints
from targets.reference.driver.surroundings import now_s
from targets.reference.machines.words.grammar import Effect, Effects, Event, Fired, SetTimer, StopTimer

# What carries out one kind of effect. It returns when the next effect may be carried out.
Carrier = Callable[[Any], None]
Saw = Callable[[Event, Effects], None]
BROKEN = 70


class Machine(Protocol):
    def handle(self, now_s: float, event: Event, /) -> Effects: ...


class MachineLoop:
    """The machine is never re-entered: what carriers feed meanwhile waits its turn.

    A machine or carrier that raises ends the process: a half carried out list of effects is no state to
    go on from, and a dead process is what the protocol knows how to survive.
    """

    def __init__(
        self,
        machine: Machine,
        carriers: Mapping[type, Carrier],
        *,
        points: CrashPoints | None = None,
        saw: Saw = lambda event, effects: None,
    ) -> None:
        """saw: hears what was handled and what follows, before that is carried out."""
        self._points = points
        self._machine, self._carriers, self._saw = machine, dict(carriers), saw
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._waiting: deque[Event] = deque()
        self._busy = False

    def feed(self, event: Event) -> None:
        self._waiting.append(event)
        if self._busy:
            return
        self._busy = True
        try:
            while self._waiting:
                self._handle(self._waiting.popleft())
        except Exception as error:
            end_broken(error)
        finally:
            self._busy = False

    def _handle(self, event: Event) -> None:
        self._pass_by(event, done=False)
        effects = self._machine.handle(now_s(), event)
        self._saw(event, effects)
        self._pass_by(event, done=True)
        for effect in effects:
            match effect:
                case SetTimer(timer, at_s):
                    self._set(timer, at_s)
                case StopTimer(timer):
                    self._stop(timer)
                case _:
                    self._pass_by(effect, done=False)
                    self._carriers[type(effect)](effect)
                    self._pass_by(effect, done=True)

    def _pass_by(self, step: Event | Effect, *, done: bool) -> None:
        if self._points is not None and self._points.armed:
            self._points.pass_by(step, done=done)

    def _set(self, timer: str, at_s: float) -> None:
        self._stop(timer)
        delay_s = max(0.0, at_s - now_s())
        self._timers[timer] = asyncio.get_running_loop().call_later(delay_s, self._due, timer, at_s)

    def _stop(self, timer: str) -> None:
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def _due(self, timer: str, at_s: float) -> None:
        # The loop's clock is another one, and rounds: a machine must never see a timer before its time.
        if now_s() < at_s:
            self._set(timer, at_s)
            return
        del self._timers[timer]
        self.feed(Fired(timer))


def end_broken(error: BaseException) -> None:
    """Ends the process at once, the reason in its log. Nothing of what was under way is told to anybody."""
    traceback.print_exception(error, file=sys.stderr)
    print(f"ended: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    os._exit(BROKEN)
