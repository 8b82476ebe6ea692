"""What a Sentinel answers and publishes -> what a run is told, on change. Pure."""

from __future__ import annotations

from harness.model.event import AlertRaised, Event, HealthReported, MembershipChanged, PhaseReached
from targets.redis_sentinel.names import SENTINELS
from targets.redis_sentinel.sayings import Naming, Saying


class SentinelSeen:
    """One Sentinel. naming: its newest; None while it does not answer. replicas: so many it should know."""

    def __init__(self, host: str, *, replicas: int) -> None:
        self._host, self._replicas = host, replicas
        self.naming: Naming | None = None
        self._ready: bool | None = None

    def named(self, naming: Naming, at_s: float) -> list[Event]:
        events: list[Event] = []
        known = self.naming
        if known is None or (known.primary, known.epoch) != (naming.primary, naming.epoch):
            # Who follows is the primary's to say.
            events.append(
                MembershipChanged(
                    at_s=at_s,
                    host=self._host,
                    epoch=naming.epoch,
                    primary=naming.primary,
                    eligible=(naming.primary,),
                )
            )
        self.naming = naming
        whole = naming.sentinels == len(SENTINELS) - 1 and naming.replicas >= self._replicas
        return events + self._is_ready(whole and naming.primary_is_well, at_s, "")

    def told(self, saying: Saying, at_s: float) -> list[Event]:
        """Of a new reign `named` must have been called before, with the answer asked for since."""
        if self.naming is None:
            return []
        return [
            PhaseReached(
                at_s=at_s,
                host=self._host,
                phase=saying.phase,
                epoch=self.naming.epoch,
                subject=saying.subject,
                detail=saying.detail,
            )
        ]

    def in_tilt(self, at_s: float) -> list[Event]:
        """Its clock jumped, or it slept: it watches, and does nothing for 30 s."""
        text = f"{self._host} is in TILT: it watches, and does nothing for 30 s"
        return [AlertRaised(at_s=at_s, host=self._host, text=text)]

    def lost(self, at_s: float, why: str) -> list[Event]:
        self.naming = None
        return self._is_ready(False, at_s, why)

    def _is_ready(self, ready: bool, at_s: float, detail: str) -> list[Event]:
        if self._ready is ready:
            return []
        self._ready = ready
        return [HealthReported(at_s=at_s, host=self._host, ready=ready, epoch=0, detail=detail)]
