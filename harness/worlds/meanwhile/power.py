"""Whose power is off has not died by itself: what the fence device does, accounted for."""

from __future__ import annotations

from harness.model.fault import Kill
from harness.worlds.faults.rail import Power
from harness.worlds.meanwhile.explained import Explained


class Accounted:
    """Offers Power."""

    def __init__(self, power: Power, explained: Explained) -> None:
        self._power, self._explained = power, explained

    def power_off(self, host: str) -> str:
        self._explained.begin(f"power of {host}", Kill(host, "host"))
        return self._power.power_off(host)

    def power_on(self, host: str) -> str:
        line = self._power.power_on(host)
        self._explained.end(f"power of {host}")
        return line
