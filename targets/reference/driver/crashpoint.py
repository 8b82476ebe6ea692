"""Where this process is to die on purpose: for drills, by order alone. Ignores what the acts mean.

Nothing is asked while nothing is armed. The end is as by SIGKILL: no handler runs, nothing is flushed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from harness.model.event import MomentCame
from targets.reference.machines.acts import act_of
from targets.reference.machines.words.grammar import Effect
from targets.reference.machines.words.grammar import Event as MachineEvent
from targets.reference.orders import CrashOrder

# What a shell shows of a killed process. The first process of a container cannot send itself SIGKILL.
_KILLED = 128 + 9


def end() -> None:
    os._exit(_KILLED)


class CrashPoints:
    """Of one process. told: hears of it before the end, and has sent it off when it returns."""

    def __init__(
        self, host: str, *, told: Callable[[MomentCame], None], end: Callable[[], None] = end
    ) -> None:
        self._host, self._told, self._end = host, told, end
        self._left: dict[str, tuple[CrashOrder, int]] = {}
        self.armed = False

    def arm(self, order: CrashOrder) -> None:
        """Count from now on."""
        self._left[order.name] = (order, order.nth)
        self.armed = True

    def spare(self, name: str) -> None:
        self._left.pop(name, None)
        self.armed = bool(self._left)

    def pass_by(self, step: MachineEvent | Effect, *, done: bool) -> None:
        """A machine is about to do this, or has done it."""
        act = act_of(step)
        for name, (order, left) in [*self._left.items()]:
            if act == (order.act, order.what) and done == (order.side == "after"):
                self._left[name] = (order, left - 1)
                if left == 1:
                    self._die(order)

    def _die(self, order: CrashOrder) -> None:
        text = f"{self._host} dies {order.side} it {order.act} {order.what}"
        self._told(MomentCame(moment_id=order.name, host=self._host, text=text, at_s=time.monotonic()))
        self._end()
