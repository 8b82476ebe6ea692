"""Runs one machine in virtual time: an event in, its effects out in order, then the next event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from harness.seams import Kernel
from targets.reference.machines.acts import act_of
from targets.reference.machines.grammar import Effect, Effects, Event, Fired, SetTimer, StopTimer

Carrier = Callable[[Any], None]
# Who runs a machine, the machine, the event that it has handled, and what follows from it.
Saw = Callable[[Kernel, object, Event, Effects], None]


class Machine(Protocol):
    def handle(self, now_s: float, event: Event, /) -> Effects: ...


class Runner:
    """The machine is never re-entered. A carrier that takes its time blocks until `go_on`."""

    def __init__(
        self,
        kernel: Kernel,
        machine: Machine,
        carriers: Mapping[type, Carrier],
        saw: Saw = lambda kernel, machine, event, effects: None,
    ) -> None:
        self._kernel, self._machine, self._carriers, self._saw = kernel, machine, dict(carriers), saw
        self._timers: dict[str, int] = {}
        self._marks = 0
        self._waiting: deque[tuple[Event, int]] = deque()
        self._effects: deque[Effect] = deque()
        self._busy = self._blocked = False
        self._under_way: Effect | None = None  # what blocks, while its act is looked for

    def feed(self, event: Event) -> None:
        self._waiting.append((event, 0))
        self._go()

    def block(self) -> None:
        """No effect is carried out and no event handled until `go_on`."""
        self._blocked = True

    def go_on(self) -> None:
        self._blocked = False
        effect, self._under_way = self._under_way, None
        if effect is None or self._seen(effect, done=True):
            self._go()

    def _go(self) -> None:
        if self._busy:
            return
        self._busy = True
        while not self._blocked:
            if self._effects:
                self._next_effect(self._effects.popleft())
            elif self._waiting:
                self._handle(*self._waiting.popleft())
            else:
                break
        self._busy = False

    def _handle(self, event: Event, mark: int) -> None:
        if isinstance(event, Fired):
            # It was stopped or set anew while it waited.
            if self._timers.get(event.timer) != mark:
                return
            del self._timers[event.timer]
        if self._kernel.probed:
            self._handle_probed(event)
        else:
            self._take(event)

    def _take(self, event: Event) -> None:
        effects = self._machine.handle(self._kernel.clock_s(), event)
        self._effects.extend(effects)
        self._saw(self._kernel, self._machine, event, effects)

    def _handle_probed(self, event: Event) -> None:
        if self._seen(event, done=False):
            self._take(event)
            self._seen(event, done=True)

    def _next_effect(self, effect: Effect) -> None:
        if not self._kernel.probed:
            self._carry_out(effect)
        elif self._seen(effect, done=False):
            self._carry_out(effect)
            if self._blocked:
                self._under_way = effect
            else:
                self._seen(effect, done=True)

    def _seen(self, step: Event | Effect, *, done: bool) -> bool:
        """Whether the process lives on; of a dead one nothing more is carried out."""
        act = act_of(step)
        if act is None or self._kernel.acted(*act, done=done):
            return True
        self._blocked = True
        self._effects.clear()
        self._waiting.clear()
        return False

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case SetTimer(timer, at_s):
                self._marks += 1
                self._timers[timer] = self._marks
                self._kernel.at_clock(at_s, self._due, timer, self._marks)
            case StopTimer(timer):
                self._timers.pop(timer, None)
            case _:
                self._carriers[type(effect)](effect)

    def _due(self, timer: str, mark: int) -> None:
        if self._timers.get(timer) == mark:
            self._waiting.append((Fired(timer), mark))
            self._go()
