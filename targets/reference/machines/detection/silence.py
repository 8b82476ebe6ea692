"""How long silence may last: one interface, and the plain way of it. Ignores what is listened to, and why.

After `missed` intervals without a sign of life and the time-out more: the bound is that, by definition. The
adaptive way is in accrual.
"""

from __future__ import annotations

from typing import Protocol

from targets.reference.defects import TRIGGER_HAPPY, TWICE_TOO_SLOW
from targets.reference.detection import Layer
from targets.reference.machines.detection.accrual import Accrual
from targets.reference.settings import Settings

NEVER_S = float("inf")


class Silence(Protocol):
    """Of one source. Stamps may come late, but never from the future."""

    @property
    def heard_s(self) -> float:
        """The newest sign of life, or when the clock started."""
        ...

    @property
    def due_s(self) -> float:
        """Silent from then on, if nothing is heard before."""
        ...

    def begin(self, now_s: float) -> None:
        """The clock starts; nothing that was heard before counts."""
        ...

    def heard(self, at_s: float) -> None:
        """Somebody was alive at that time."""
        ...

    def slept(self, by_s: float) -> None:
        """For so long this host could hear nothing, whoever spoke."""
        ...


class Missed:
    """Silent after a fixed time."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self.heard_s = self.due_s = NEVER_S

    def begin(self, now_s: float) -> None:
        self.heard_s, self.due_s = now_s, now_s + self._limit_s

    def heard(self, at_s: float) -> None:
        if at_s > self.heard_s or self.heard_s == NEVER_S:
            self.heard_s, self.due_s = at_s, at_s + self._limit_s

    def slept(self, by_s: float) -> None:
        if by_s:
            self.begin(self.heard_s + by_s)


def silence_of(layer: Layer, settings: Settings, defects: frozenset[str]) -> Silence:
    """As the settings say for this layer. One that does not count is never silent."""
    detector, limit_s = settings.detector, settings.health.limit_s(layer, settings.detector)
    if TRIGGER_HAPPY in defects:
        return Missed(1.5 * detector.interval_s)
    if TWICE_TOO_SLOW in defects:
        return Missed(2 * limit_s)
    if detector.kind == "phi" and getattr(settings.health, layer) == 0:
        return Accrual(detector)
    return Missed(limit_s)
