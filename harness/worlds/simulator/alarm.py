"""An alarm on a host's clock. To put it off, as a detector does again and again, costs nothing.

state    event                            -> state
silent   set                                 waiting   looked at when its time has come
waiting  set, to come earlier                waiting   looked at then; the look that was put before is void
waiting  set, to come later                  waiting   the look finds it too early, and looks again
waiting  stopped                             silent    the look finds nothing
waiting  its time has come on the clock      silent    rings
any      the process is frozen               the same  what has come is looked at after the thaw
any      the clock runs at another rate      the same  looked at as that says
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from harness.worlds.simulator.clock import Clock
from harness.worlds.simulator.timeline import Timeline

# Never early. How late: what a scheduler costs on an idle machine.
_LEAST_LATE_S, _SPREAD_S = 1e-6, 199e-6
_NEVER_S = float("inf")


class Sleeper(Protocol):
    """The process that is to be woken."""

    alive: bool
    paused: bool

    def wakes_to(self, act: Callable[..., None], values: tuple[Any, ...]) -> None:
        """It is paused: once it runs."""
        ...


class Alarm:
    """Offers harness.seams.Alarm. at_s: of the host's clock. looked_at_s: the same; never after at_s."""

    def __init__(self, timeline: Timeline, clock: Clock, sleeper: Sleeper, ring: Callable[[], None]) -> None:
        self._timeline, self._clock, self._sleeper, self._ring = timeline, clock, sleeper, ring
        self._at_s = self._looked_at_s = _NEVER_S

    def set(self, at_s: float) -> None:
        self._at_s = at_s
        if at_s < self._looked_at_s:
            self._look_at(at_s)

    def stop(self) -> None:
        self._at_s = _NEVER_S

    def clock_changed(self) -> None:
        if self._at_s < _NEVER_S:
            self._look_at(self._at_s)

    def _look_at(self, at_s: float) -> None:
        self._looked_at_s = at_s
        timeline, due_s = self._timeline, self._clock.when_s(at_s)
        if due_s < timeline.now_s:
            due_s = timeline.now_s
        timeline.at(due_s + _LEAST_LATE_S + _SPREAD_S * timeline.draw.random(), self._look, at_s)

    def _look(self, at_s: float) -> None:
        sleeper = self._sleeper
        if at_s != self._looked_at_s or not sleeper.alive:
            return
        if sleeper.paused:
            sleeper.wakes_to(self._look, (at_s,))
            return
        self._looked_at_s = _NEVER_S
        if self._at_s <= self._clock.at(self._timeline.now_s):
            self._at_s = _NEVER_S
            self._ring()
        elif self._at_s < _NEVER_S:
            self._look_at(self._at_s)
