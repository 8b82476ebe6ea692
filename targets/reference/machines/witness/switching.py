"""An operator's order to the fence device: switch a node off or on, then read back until it is so.

    state    event                               -> state
    idle     an order                               ordered   ForceOff, or On
    ordered  accepted                               reading   PowerState
    reading  what was wanted                        idle      done
    reading  the opposite, or on its way there      ordered   somebody called it back: once more
    any      refused, no answer, another state      the same  asked again a moment later
    any      too late                               idle      what the device said last

It makes no promise about leases or the register: whoever is switched off is as dead as by a power cut, and
the failover that follows fences by its own rules.
"""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.grammar import AskPower, Effects, PowerAnswered, PowerOrder, SetTimer
from targets.reference.machines.words.messages import FenceOrder

TIMER = "switch"
WITHIN_S = 10.0
# Whoever is off and not being fenced is switched on within a second: to be seen it takes a quick look.
_AGAIN_S = 0.02
_OPPOSITE = {"Off": ("On", "PoweringOn"), "On": ("Off", "PoweringOff")}


class Switched(Struct, frozen=True):
    ok: bool
    detail: str


class Switching:
    """One order at a time. Its questions have numbers below nought: the failover's own have others."""

    def __init__(self) -> None:
        self._order: FenceOrder | None = None
        self._requests, self._accepted, self._said = 0, False, "no answer"
        self._until_s = 0.0

    def begin(self, now_s: float, order: FenceOrder) -> Effects:
        self._order, self._accepted, self._said = order, False, "no answer"
        self._until_s = now_s + WITHIN_S
        return self._ask(now_s)

    def answered(self, now_s: float, event: PowerAnswered) -> tuple[Effects, Switched | None]:
        """And how it ended, once. An answer to an older question says nothing."""
        if self._order is None or event.request != self._requests:
            return [], None
        self._said = event.detail or event.state
        if self._accepted and event.state == self._order.wanted:
            return [], self._end(True, f"{event.node} is {event.state}, read back from the fence device")
        if not self._accepted and event.state != "unknown":
            self._accepted = True
            return self._ask(now_s), None
        self._accepted = self._accepted and event.state not in _OPPOSITE[self._order.wanted]
        return [SetTimer(TIMER, now_s + _AGAIN_S)], None

    def fired(self, now_s: float) -> tuple[Effects, Switched | None]:
        if self._order is None:
            return [], None
        if now_s >= self._until_s:
            why = f"not seen to be {self._order.wanted} in {WITHIN_S:g} s"
            return [], self._end(False, f"{why}; the device: {self._said}")
        return self._ask(now_s), None

    def _ask(self, now_s: float) -> Effects:
        """The timer asks again where the device does not answer at all."""
        assert self._order is not None
        self._requests -= 1
        switch: PowerOrder = "ForceOff" if self._order.wanted == "Off" else "On"
        order: PowerOrder = "read" if self._accepted else switch
        return [AskPower(self._requests, self._order.node, order), SetTimer(TIMER, now_s + 1.0)]

    def _end(self, ok: bool, detail: str) -> Switched:
        self._order = None
        return Switched(ok, detail)
