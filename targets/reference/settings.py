"""The settings of the reference stack, and the times that follow from them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from targets.reference.detection import WAYS, Detector, Health, Way

__all__ = ["Detector", "LagAlert", "Replication", "Settings", "Temperature"]

Replication = Literal["sync", "semi-sync", "async"]
Temperature = Literal["hot", "warm", "cold"]


class LagAlert(Struct, frozen=True, kw_only=True):
    """A standby that is further behind calls a person; 0: never."""

    positions: int = 0
    bytes: int = 0
    seconds_s: float = 5.0


class Settings(Struct, frozen=True, kw_only=True):
    """All that the machines are told. Times in seconds.

    heartbeats: what detects. The primary's heartbeats to the witnesses renew its lease in any case; without
    "push" nothing else is read from them.
    canary_s: the primary writes and reads a canary when it has acknowledged nothing for so long.
    lease_s: L of the granter; 0 takes the detector's silence, so that both end together.
    clock_rate_error: ρ, two clocks' rates lie within 1 ± ρ. clock_margin_s: D.
    vote_s: the stated time of a vote, from the first suspicion to the majority's.
    fence: device: a power switch ends the old primary where its lease would last longer.
    fence_token: wrong: the witnesses were given one that the device does not know.
    operator_token: wrong: whoever orders a switchover was given another stack's.
    router_api: closed: nobody reaches the router's runtime API, its own check alone moves the traffic.
    sync_standbys: k of the n eligible standbys must hold a write; 0 is all of them.
    min_standbys: with fewer eligible ones nothing is acknowledged.
    degrade_after_s: semi-sync waits so long for a standby, then takes it out of the register's `eligible`.
    dead_standby: in sync, what becomes of one whose death a majority of the witnesses has confirmed.
    max_lag: in async, a standby that is further behind is not promoted, in positions; 0 is no limit.
    standby: hot applies what it follows, warm applies it only when it is promoted, cold does not run: its
    agent keeps what the primary ships, and starts it at a failover. For all, or by node; the rest is hot.
    ship_interval_s: so often a cold standby is shipped what was written since.
    cold_start_s: the stated time that one takes from the decision until it serves.
    webhook: every alert is posted there as JSON, by the host that raises it; "" for none.
    """

    replication: Replication = "sync"
    sync_standbys: int = 0
    min_standbys: int = 0
    degrade_after_s: float = 1.0
    dead_standby: Literal["remove", "wait"] = "remove"
    max_lag: int = 0
    lag_alert: LagAlert = LagAlert()
    standby: Temperature | dict[str, Temperature] = "hot"
    ship_interval_s: float = 1.0
    cold_start_s: float = 1.0
    webhook: str = ""
    detector: Detector = Detector()
    heartbeats: tuple[Way, ...] = WAYS
    health: Health = Health()
    canary_s: float = 1.0
    lease_s: float = 0.0
    clock_rate_error: float = 0.001
    clock_margin_s: float = 0.01
    vote_s: float = 0.1
    fence: Literal["none", "device"] = "none"
    fence_token: Literal["right", "wrong"] = "right"
    operator_token: Literal["right", "wrong"] = "right"
    fence_host: str = "fence"
    nodes: tuple[str, ...] = ("n1", "n2")
    witnesses: tuple[str, ...] = ("w1", "w2", "w3")
    router: str = "router"
    router_api: Literal["open", "closed"] = "open"

    @property
    def granted_lease_s(self) -> float:
        return self.lease_s or self.detector.silence_s

    @property
    def held_lease_s(self) -> float:
        """L_holder = L_granter·(1−ρ)/(1+ρ) − D, counted from the heartbeat's send stamp."""
        rho = self.clock_rate_error
        return self.granted_lease_s * (1 - rho) / (1 + rho) - self.clock_margin_s

    @property
    def looks_s(self) -> float:
        """How long a witness looks itself at what only a standby has missed: one miss."""
        return self.detector.missed_s(1) if self.heartbeats == ("bidirectional",) else 0.0

    @property
    def silence_s(self) -> float:
        """How long a primary that is gone, or answers nothing, goes unsuspected."""
        application_s = self.health.limit_s("application", self.detector)
        if application_s < float("inf"):
            return application_s + self.looks_s
        return self.health.limit_s("network", self.detector)

    @property
    def detection_bound_s(self) -> float:
        """After the last sign of life; plus the stated time of a vote."""
        return self.silence_s + self.vote_s

    @property
    def business_bound_s(self) -> float:
        """For a primary that beats on, but cannot write any more: until a canary shows it, and is told."""
        limit_s = self.health.limit_s("business", self.detector)
        return self.canary_s + limit_s + 2 * self.detector.interval_s + self.vote_s

    @property
    def waits_for_standbys(self) -> bool:
        """An acknowledged write is never lost: sync and semi-sync."""
        return self.replication != "async"

    def needed(self, standbys: int) -> int:
        """k: of so many eligible standbys these must hold a write before it is acknowledged."""
        if not self.waits_for_standbys:
            return 0
        return min(self.sync_standbys or standbys, standbys)

    def to_seal(self, standbys: int) -> int:
        """n − k + 1: one of so many holds every acknowledged write, whichever they are. In async any one."""
        return standbys - self.needed(standbys) + 1 if self.waits_for_standbys else 1

    def all_hold_all(self, standbys: int) -> bool:
        """k = n: every eligible standby holds every acknowledged write. In async none need to."""
        return not self.waits_for_standbys or self.needed(standbys) == standbys

    def temperature(self, node: str) -> Temperature:
        """What this node is while it is not primary."""
        return self.standby.get(node, "hot") if isinstance(self.standby, dict) else self.standby

    @property
    def cold(self) -> tuple[str, ...]:
        """Nodes that do not run while they are standbys."""
        return tuple(node for node in self.nodes if self.temperature(node) == "cold")

    def may_be_eligible(self, node: str) -> bool:
        """Who does not run can be neither waited for nor sealed: only async takes it as it is."""
        return not self.waits_for_standbys or self.temperature(node) != "cold"

    @property
    def majority(self) -> int:
        return len(self.witnesses) // 2 + 1
