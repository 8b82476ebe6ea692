"""What a Redis says of itself, poll by poll -> what a run is told, on change. Pure.

A poll is stamped with the moment it was asked: an answer proves nothing about the time after that, and a node
that was killed meanwhile must not look alive. A primary whose epoch is not known yet is told of once it is,
with the stamp of its first word; one that is named anew while it is primary reigns anew from then on.

One that was promoted beside such a primary, and is named by nobody for UNNAMED_S, or until it is a replica
again, was made primary behind the Sentinels' back: it is told of as a second one in the other's epoch.
"""

from __future__ import annotations

from harness.model.event import Event, HealthReported, MembershipChanged, NodeRole, PhaseReached, RoleChanged
from targets.redis_sentinel.reigns import UNKNOWN
from targets.redis_sentinel.replication import NO_ID, Replication

# A Sentinel that promotes names the new primary within its ask period of 1 s, and the others within 2 s more.
UNNAMED_S = 5.0


class NodeSeen:
    """One node. `lost` and the first `said` after it tell everything anew."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._role: tuple[NodeRole, int] | None = None
        self._register: tuple[int, tuple[str, ...]] | None = None
        self._ready: bool | None = None
        self._since_s: float | None = None  # its first word as a primary whose epoch is not known
        self._elsewhere = UNKNOWN

    def said(self, said: Replication, epoch: int, at_s: float, *, elsewhere: int = UNKNOWN) -> list[Event]:
        """epoch: of its reign when it is primary and that is known.

        elsewhere: that of another primary, whom a majority of the Sentinels names.
        """
        events: list[Event] = []
        if said.is_master:
            if epoch != UNKNOWN:
                events += self._reigns(said, epoch, at_s)
            else:
                events += self._unnamed(said, elsewhere, at_s)
        else:
            events += self._by_hand()
            self._since_s = None
            events += self._has_role("standby" if said.in_touch else "starting", UNKNOWN, at_s)
        return events + self._is_ready(said.is_master or said.in_touch, at_s, "")

    @property
    def is_primary(self) -> bool:
        """By its newest word, in a reign whose epoch is known."""
        return self._role is not None and self._role[0] == "primary"

    def lost(self, at_s: float, why: str) -> list[Event]:
        self._role = self._register = self._since_s = None
        return self._is_ready(False, at_s, why)

    def _reigns(self, said: Replication, epoch: int, at_s: float) -> list[Event]:
        events = self._has_role("primary", epoch, at_s if self._since_s is None else self._since_s)
        self._since_s = None
        eligible = tuple(sorted({self._host, *said.online}))
        if (epoch, eligible) != self._register:
            before = self._register[1] if self._register and self._register[0] == epoch else eligible
            events.append(
                MembershipChanged(
                    at_s=at_s, host=self._host, epoch=epoch, primary=self._host, eligible=eligible
                )
            )
            events += [self._rejoined(node, epoch, at_s) for node in eligible if node not in before]
            self._register = (epoch, eligible)
        return events

    def _unnamed(self, said: Replication, elsewhere: int, at_s: float) -> list[Event]:
        if self._since_s is None:
            self._since_s, self._elsewhere = at_s, UNKNOWN
        if said.before != NO_ID:
            self._elsewhere = elsewhere
        return self._by_hand() if at_s - self._since_s > UNNAMED_S else []

    def _by_hand(self) -> list[Event]:
        if self._since_s is None or self._elsewhere == UNKNOWN:
            return []
        return self._has_role("primary", self._elsewhere, self._since_s)

    def _has_role(self, role: NodeRole, epoch: int, at_s: float) -> list[Event]:
        if self._role == (role, epoch):
            return []
        self._role = (role, epoch)
        return [RoleChanged(at_s=at_s, host=self._host, role=role, epoch=epoch)]

    def _rejoined(self, node: str, epoch: int, at_s: float) -> Event:
        return PhaseReached(at_s=at_s, host=self._host, phase="rejoined", epoch=epoch, subject=node)

    def _is_ready(self, ready: bool, at_s: float, detail: str) -> list[Event]:
        if self._ready is ready:
            return []
        self._ready = ready
        return [HealthReported(at_s=at_s, host=self._host, ready=ready, epoch=0, detail=detail)]
