"""Runs one machine in virtual time: an event in, its effects out in order, then the next event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

from harness.seams import Alarm, Kernel
from targets.reference.machines.acts import act_of
from targets.reference.machines.words.grammar import Effect, Effects, Event, Fired, SetTimer, StopTimer

Carrier = Callable[[Any], None]
# Who runs a machine, the machine, the event that it has handled, and what follows from it.
Saw = Callable[[Kernel, object, Event, Effects], None]


class Machine(Protocol):
    def handle(self, now_s: float, event: Event, /) -> Effects: ...


class _Timer:
    """setting: counts, so that what has fired is void once it is stopped or set anew."""

    def __init__(self, name: str, alarm: Callable[[Callable[[], None]], Alarm], rings: _Rings) -> None:
        self.fired, self.setting = Fired(name), 0
        self.alarm = alarm(partial(rings, self))


_Rings = Callable[[_Timer], None]


class Runner:
    """The machine is never re-entered. A carrier that takes its time blocks until `go_on`."""

    def __init__(
        self, kernel: Kernel, machine: Machine, carriers: Mapping[type, Carrier], saw: Saw | None = None
    ) -> None:
        self._kernel, self._machine, self._saw = kernel, machine, saw
        self._clock_s, self._handle = kernel.clock_s, machine.handle
        self._carriers: dict[type, Carrier] = {SetTimer: self._set, StopTimer: self._stop, **carriers}
        self._timers: dict[str, _Timer] = {}
        # Events; of timers with the setting that they belong to.
        self._waiting: deque[Event | tuple[_Timer, int]] = deque()
        self._effects: deque[Effect] = deque()
        self._busy = self._blocked = False
        self._under_way: Effect | None = None  # what blocks, while its act is looked for

    def carry(self, carriers: Mapping[type, Carrier]) -> None:
        """By those that feed this runner, and so were made after it."""
        self._carriers |= carriers

    def feed(self, event: Event) -> None:
        not_now = self._busy or self._blocked or self._kernel.sought
        if not_now:
            self._waiting.append(event)
            self._go()
            return
        # As nearly always: nothing waits and nobody looks, so it takes the shortest way.
        self._busy = True
        effects = self._handle(self._clock_s(), event)
        if self._saw is not None:
            self._saw(self._kernel, self._machine, event, effects)
        carriers = self._carriers
        for effect in effects:
            if self._blocked:
                self._effects.append(effect)
            else:
                carriers[type(effect)](effect)
        self._busy = False
        if self._waiting:
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
                self._carry_out(self._effects.popleft())
            elif self._waiting:
                event = self._waiting.popleft()
                self._take(self._fired(event) if isinstance(event, tuple) else event)
            else:
                break
        self._busy = False

    def _fired(self, due: tuple[_Timer, int]) -> Event | None:
        """None: it was stopped or set anew while it waited."""
        timer, setting = due
        return timer.fired if timer.setting == setting else None

    def _take(self, event: Event | None) -> None:
        if event is None:
            return
        sought = self._is_sought(event)
        if sought and not self._seen(event, done=False):
            return
        effects = self._handle(self._clock_s(), event)
        self._effects.extend(effects)
        if self._saw is not None:
            self._saw(self._kernel, self._machine, event, effects)
        if sought:
            self._seen(event, done=True)

    # --- while somebody looks for acts --------------------------------------------------------------

    def _carry_out(self, effect: Effect) -> None:
        looked_for, sought = self._kernel.sought, self._is_sought(effect)
        if sought and not self._seen(effect, done=False):
            return
        self._carriers[type(effect)](effect)
        if looked_for and self._blocked:
            self._under_way = effect
        elif sought:
            self._seen(effect, done=True)

    def _is_sought(self, step: Event | Effect) -> bool:
        sought = self._kernel.sought
        act = act_of(step) if sought else None
        return act is not None and act in sought

    def _seen(self, step: Event | Effect, *, done: bool) -> bool:
        """Whether the process lives on; of a dead one nothing more is carried out."""
        act = act_of(step)
        if act is None or act not in self._kernel.sought or self._kernel.acted(*act, done=done):
            return True
        self._blocked = True
        self._effects.clear()
        self._waiting.clear()
        return False

    # --- timers -------------------------------------------------------------------------------------

    def _set(self, effect: SetTimer) -> None:
        timer = self._timers.get(effect.timer) or self._made(effect.timer)
        timer.setting += 1
        timer.alarm.set(effect.at_s)

    def _stop(self, effect: StopTimer) -> None:
        timer = self._timers.get(effect.timer)
        if timer is not None:
            timer.setting += 1
            timer.alarm.stop()

    def _made(self, name: str) -> _Timer:
        timer = self._timers[name] = _Timer(name, self._kernel.alarm, self._rings)
        return timer

    def _rings(self, timer: _Timer) -> None:
        """While it waits it may be stopped or set anew."""
        if self._busy or self._blocked:
            self._waiting.append((timer, timer.setting))
            self._go()
        else:
            self.feed(timer.fired)
