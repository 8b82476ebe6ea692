"""Pull: asks one node each interval whether it reigns. Ignores what follows from its silence.

An answer is a sign of life from when its probe was *sent*: whoever answers late was alive at least then. So
`threshold` probes missed, the last one by its time-out, end threshold × interval + timeout after the last
one that was answered was sent.
"""

from __future__ import annotations

from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer
from targets.reference.machines.words.messages import Probe

TIMER = "probe"
# A timer that comes later than this says something about this host, not about whom it asks.
PUNCTUAL_S = 0.002


class Prober:
    """forget_s: an answer that comes later than this after its probe is none."""

    def __init__(self, *, interval_s: float, forget_s: float) -> None:
        self._interval_s, self._forget_s = interval_s, forget_s
        self._node = ""
        self._number, self._due_s = 0, 0.0
        self._sent_s: dict[int, float] = {}

    def begin(self, now_s: float, node: str, *, at_once: bool = False) -> Effects:
        """The first probe comes one interval from now, unless it is urgent."""
        self._node, self._sent_s, self._due_s = node, {}, now_s
        return self.fired(now_s) if at_once else [self._at(now_s + self._interval_s)]

    def end(self) -> Effects:
        self._node, self._sent_s = "", {}
        return [StopTimer(TIMER)]

    def late_s(self, now_s: float) -> float:
        """The timer has come: this host slept for so long."""
        late_s = now_s - self._due_s
        return late_s if late_s > PUNCTUAL_S else 0.0

    def fired(self, now_s: float) -> Effects:
        if not self._node:
            return []
        self._forget(now_s)
        self._number += 1
        self._sent_s[self._number] = now_s
        # In step with the last one, or each lateness would eat into the time-out.
        due_s = self._due_s if now_s - self._due_s < self._interval_s else now_s
        return [Send(self._node, Probe(self._number)), self._at(due_s + self._interval_s)]

    def sent_s(self, number: int) -> float | None:
        """When the probe that is answered was sent; None: not one of ours, or too long ago."""
        return self._sent_s.get(number)

    def _forget(self, now_s: float) -> None:
        """In the order in which they were sent."""
        while self._sent_s:
            oldest = next(iter(self._sent_s))
            if now_s - self._sent_s[oldest] <= self._forget_s:
                return
            del self._sent_s[oldest]

    def _at(self, due_s: float) -> SetTimer:
        self._due_s = due_s
        return SetTimer(TIMER, due_s)
