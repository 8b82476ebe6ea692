"""What the nodes of a stack say, poll by poll -> what a run is told, on change. Pure.

Such a stack has no epochs, so its reigns are counted here: the first primary begins one, and so does a node
that denied it and is primary now. One that was down and comes back as primary goes on in its old reign:
nobody made it primary anew. Who decided on a failover does not show: the promotion does, and by then it was.
A poll is stamped with the moment it was asked: an answer proves nothing about the time after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from harness.model.event import (
    AlertRaised,
    Event,
    HealthReported,
    MembershipChanged,
    NodeRole,
    PhaseReached,
    RoleChanged,
)

# starting: it is up, and neither primary nor a standby in step.
Role = Literal["primary", "standby", "starting"]


class Seen:
    """All data nodes of one stack. refused: they answer, and say no to what they are asked."""

    def __init__(self, data: Sequence[str]) -> None:
        self._data = tuple(data)
        self._words: dict[str, Role] = {}
        self._epochs: dict[str, int] = {}
        self._newest = 0
        self._told: dict[str, tuple[NodeRole, int]] = {}
        self._register: MembershipChanged | None = None
        self._ready: dict[str, bool] = {}
        self._refusals: dict[str, str] = {}

    @property
    def primary(self) -> str:
        """The newest that was seen; empty for none."""
        return self._register.primary if self._register else ""

    def epoch(self, host: str) -> int:
        """Of its reign; 0 for who has none."""
        return self._epochs.get(host, 0)

    def said(self, host: str, role: Role, at_s: float) -> list[Event]:
        self._words[host] = role
        self._refusals.pop(host, None)
        events: list[Event] = []
        if role == "primary":
            events += self._reigns(host, at_s)
        else:
            self._epochs.pop(host, None)
        events += self._has_role(host, role, self.epoch(host), at_s)
        return [*events, *self._registered(at_s), *self._is_ready(host, role != "starting", at_s, "")]

    def lost(self, host: str, at_s: float, why: str) -> list[Event]:
        """It does not answer: it is in step with nobody, and its own reign goes on until it denies it."""
        self._told.pop(host, None)
        self._words.pop(host, None)
        return [*self._registered(at_s), *self._is_ready(host, False, at_s, why)]

    def refused(self, host: str, at_s: float, why: str) -> list[Event]:
        """Told once: a person has to mend it."""
        alert: list[Event] = []
        if self._refusals.get(host) != why:
            self._refusals[host] = why
            alert = [
                AlertRaised(at_s=at_s, host=host, text=f"{host} refuses what the stack file asks: {why}")
            ]
        return [*self.lost(host, at_s, why), *alert]

    def answers(self, host: str, at_s: float) -> list[Event]:
        """A host that holds no data, and somebody listens there."""
        return self._is_ready(host, True, at_s, "")

    # --- reigns -------------------------------------------------------------------------------------

    def _reigns(self, host: str, at_s: float) -> list[Event]:
        """One that never denied it since comes back in its reign."""
        if host in self._epochs:
            return []
        old, epoch = self._register, self._newest + 1
        self._newest = self._epochs[host] = epoch
        if old is None:
            return []
        detail = "by the time of its promotion; the decision itself does not show"
        return [
            PhaseReached(
                at_s=at_s, host=host, phase="decided", epoch=old.epoch, subject=old.primary, detail=detail
            ),
            PhaseReached(at_s=at_s, host=host, phase="promoted", epoch=epoch, subject=host),
        ]

    def _registered(self, at_s: float) -> list[Event]:
        """Who reigns newest, and who is in step with it as far as they say."""
        claims = [host for host in self._epochs if self._words.get(host) == "primary"]
        if not claims:
            return []
        primary = max(claims, key=self._epochs.__getitem__)
        epoch, before = self._epochs[primary], self._register
        eligible = tuple(host for host in self._data if host == primary or self._words.get(host) == "standby")
        if before and (before.epoch, before.eligible) == (epoch, eligible):
            return []
        # Polls of several nodes cross: the register's own stamps go forward all the same.
        stamp_s = max(at_s, before.at_s) if before else at_s
        self._register = MembershipChanged(
            at_s=stamp_s, host=primary, epoch=epoch, primary=primary, eligible=eligible
        )
        return [self._register, *self._rejoined(before, self._register)]

    def _rejoined(self, before: MembershipChanged | None, now: MembershipChanged) -> list[Event]:
        if before is None or before.epoch != now.epoch:
            return []
        return [
            PhaseReached(at_s=now.at_s, host=now.host, phase="rejoined", epoch=now.epoch, subject=host)
            for host in now.eligible
            if host not in before.eligible
        ]

    # --- one host -----------------------------------------------------------------------------------

    def _has_role(self, host: str, role: Role, epoch: int, at_s: float) -> list[Event]:
        if self._told.get(host) == (role, epoch):
            return []
        self._told[host] = (role, epoch)
        return [RoleChanged(at_s=at_s, host=host, role=role, epoch=epoch)]

    def _is_ready(self, host: str, ready: bool, at_s: float, why: str) -> list[Event]:
        if self._ready.get(host) is ready:
            return []
        self._ready[host] = ready
        return [HealthReported(at_s=at_s, host=host, ready=ready, epoch=0, detail=why)]
