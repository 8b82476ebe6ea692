"""The settings of the reference stack, and the times that follow from them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Detector(Struct, frozen=True, kw_only=True):
    """Push detection: `threshold` missed heartbeats of `interval_s`, then `timeout_s` more."""

    interval_s: float = 0.1
    timeout_s: float = 0.1
    threshold: int = 3

    @property
    def silence_s(self) -> float:
        """After this long without a heartbeat a witness suspects."""
        return self.threshold * self.interval_s + self.timeout_s


class Settings(Struct, frozen=True, kw_only=True):
    """All that the machines are told. Times in seconds.

    lease_s: L of the granter; 0 takes the detector's silence, so that both end together.
    clock_rate_error: ρ, two clocks' rates lie within 1 ± ρ. clock_margin_s: D.
    vote_s: the stated time of a vote, from the first suspicion to the majority's.
    """

    replication: Literal["sync", "async"] = "sync"
    detector: Detector = Detector()
    lease_s: float = 0.0
    clock_rate_error: float = 0.001
    clock_margin_s: float = 0.01
    vote_s: float = 0.1
    nodes: tuple[str, ...] = ("n1", "n2")
    witnesses: tuple[str, ...] = ("w1", "w2", "w3")
    router: str = "router"

    @property
    def granted_lease_s(self) -> float:
        return self.lease_s or self.detector.silence_s

    @property
    def held_lease_s(self) -> float:
        """L_holder = L_granter·(1−ρ)/(1+ρ) − D, counted from the heartbeat's send stamp."""
        rho = self.clock_rate_error
        return self.granted_lease_s * (1 - rho) / (1 + rho) - self.clock_margin_s

    @property
    def detection_bound_s(self) -> float:
        """threshold × interval + timeout after the last receipt, plus the stated time of a vote."""
        return self.detector.silence_s + self.vote_s

    @property
    def majority(self) -> int:
        return len(self.witnesses) // 2 + 1
