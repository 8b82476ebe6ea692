"""How a failed primary is to be noticed: the settings, and what follows from them. Times in seconds."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from harness.model.event import HealthLayer

# push: the primary beats to the witnesses. pull: witnesses and standby ask it. bidirectional: primary and
# standby beat to each other, and what the standby misses makes the witnesses look.
Way = Literal["push", "pull", "bidirectional"]
# From the lowest to the highest: the host is reached, its process runs, it answers, it can write and read.
Layer = HealthLayer

WAYS: tuple[Way, ...] = ("push", "pull", "bidirectional")
LAYERS: tuple[Layer, ...] = ("network", "process", "application", "business")


class Detector(Struct, frozen=True, kw_only=True):
    """When silence is too long: after fixed misses, or by what was usual so far.

    threshold: silent after `threshold` missed signs of life of `interval_s`, and `timeout_s` more.
    phi: silent once φ of the arrivals in the `window` reaches `phi` (see machines.accrual); `timeout_s` is
    the pause that is acceptable beyond the mean, `min_std_s` (0: a fifth of the interval) the least standard
    deviation that is believed, and after `cap_s` (0: four intervals and the time-out) it is silent anyway.
    """

    kind: Literal["threshold", "phi"] = "threshold"
    interval_s: float = 0.1
    timeout_s: float = 0.1
    threshold: int = 3
    phi: float = 8.0
    window: int = 100
    min_std_s: float = 0.0
    cap_s: float = 0.0

    @property
    def silence_s(self) -> float:
        """After this long without a sign of life a witness suspects, at the latest."""
        return self.missed_s(self.threshold) if self.kind == "threshold" else self.longest_s

    @property
    def least_std_s(self) -> float:
        return self.min_std_s or self.interval_s / 5

    @property
    def longest_s(self) -> float:
        """φ adapts to whatever comes: without this no bound could be stated."""
        return self.cap_s or self.missed_s(4)

    def missed_s(self, threshold: int) -> float:
        return threshold * self.interval_s + self.timeout_s


class Health(Struct, frozen=True, kw_only=True):
    """Which layers make a witness suspect, and after how many misses; 0: as the detector says; None: never.

    Of `process` one word of its agent is enough: it has seen the child end.
    """

    network: int | None = 0
    process: int | None = 0
    application: int | None = 0
    business: int | None = 0

    def limit_s(self, layer: Layer, detector: Detector) -> float:
        """The longest that this layer may be ill; infinite where it does not count."""
        misses: int | None = getattr(self, layer)
        if misses is None:
            return float("inf")
        return detector.missed_s(misses) if misses else detector.silence_s
