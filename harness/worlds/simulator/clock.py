"""A host's clock: counts from a moment of its own, at a rate of its own."""

from __future__ import annotations

from random import Random

# Quartz: 50 parts in a million either way.
_RATE_ERROR = 50e-6
_OFFSET_S = (0.0, 1000.0)


class Clock:
    """Shows offset_s + rate × the run's time; never jumps. own_rate: the rate while no fault changes it."""

    def __init__(self, draw: Random) -> None:
        self.offset_s = draw.uniform(*_OFFSET_S)
        self.own_rate = self.rate = draw.uniform(1 - _RATE_ERROR, 1 + _RATE_ERROR)

    def at(self, now_s: float) -> float:
        return self.offset_s + self.rate * now_s

    def when_s(self, clock_s: float) -> float:
        """The run's time at which it shows that, should its rate stay as it is."""
        return (clock_s - self.offset_s) / self.rate

    def run_at(self, rate: float, now_s: float) -> None:
        """From now on."""
        self.offset_s += (self.rate - rate) * now_s
        self.rate = rate
