"""What the events so far say about the cluster: a pure fold. Ignores operations, waits and time's passing.

Events of several hosts arrive in any order, so the newest stamp of each host wins. A killed process says
nothing more, so the kill itself, once seen to bite, counts as its last word: whatever it said while the kill
was under way was said before its death.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from harness.model.event import Applied, Event, Healed, HealthReported, MembershipChanged, RoleChanged
from harness.model.fault import Crash, Fault, Kill, PowerOff, Stop
from harness.reach import Hosts, disturbs


class ClusterView(Struct, frozen=True):
    """roles, memberships, health: the newest word of each host. faults: those in force, by id."""

    roles: Mapping[str, RoleChanged] = {}
    memberships: Mapping[str, MembershipChanged] = {}
    health: Mapping[str, HealthReported] = {}
    faults: Mapping[str, Fault] = {}

    def seen(self, event: Event) -> ClusterView:
        """The view after this event; itself when the event says nothing about the cluster."""
        match event:
            case RoleChanged(host=host):
                return self._with_role(event) if _newer(event.at_s, self.roles.get(host)) else self
            case MembershipChanged(host=host):
                if not _newer(event.at_s, self.memberships.get(host)):
                    return self
                return msgspec.structs.replace(self, memberships={**self.memberships, host: event})
            case HealthReported(host=host):
                return self._with_health(event) if _newer(event.at_s, self.health.get(host)) else self
            case Applied(fault_id=fault_id, fault=fault):
                view = msgspec.structs.replace(self, faults={**self.faults, fault_id: fault})
                return view._struck(fault, event.after_s)
            case Healed(fault_id=fault_id):
                left = {key: fault for key, fault in self.faults.items() if key != fault_id}
                return msgspec.structs.replace(self, faults=left)
            case _:
                return self

    @property
    def primaries(self) -> tuple[str, ...]:
        """Every host whose newest word is that it is primary, the newest epoch first."""
        claims = [said for said in self.roles.values() if said.role == "primary"]
        return tuple(said.host for said in sorted(claims, key=lambda said: (-said.epoch, said.host)))

    @property
    def primary(self) -> str:
        """The one host that says it is primary; empty when there is none or more than one."""
        claims = self.primaries
        return claims[0] if len(claims) == 1 else ""

    @property
    def newest_primary(self) -> str:
        """The host that claims the newest epoch, though an older claim may still stand."""
        claims = self.primaries
        return claims[0] if claims else ""

    @property
    def epoch(self) -> int:
        """The newest epoch that a node claimed or the register named."""
        claimed = [said.epoch for said in self.roles.values() if said.role == "primary"]
        return max([*claimed, *(said.epoch for said in self.memberships.values())], default=0)

    @property
    def membership(self) -> MembershipChanged | None:
        """The register, newest epoch; there the primary's word counts, for only it proposes a change."""
        return max(
            self.memberships.values(),
            key=lambda said: (said.epoch, said.host == said.primary, said.at_s),
            default=None,
        )

    @property
    def down(self) -> frozenset[str]:
        """Data nodes that are dead, as far as anybody knows."""
        return frozenset(host for host, said in self.roles.items() if said.role == "down")

    def role_of(self, host: str) -> str:
        said = self.roles.get(host)
        return said.role if said else ""

    def is_ready(self, host: str) -> bool:
        said = self.health.get(host)
        return said is not None and said.ready

    def serving(self) -> MembershipChanged | None:
        """The register, when the primary it names says that it serves in that very epoch; else None."""
        register = self.membership
        if register is None:
            return None
        said = self.roles.get(register.primary)
        serves = said is not None and said.role == "primary" and said.epoch == register.epoch
        return register if serves else None

    def has_rejoined(self, host: str, hosts: Hosts) -> bool:
        """No fault in force disturbs it, a primary serves, and the register counts this host in.

        A host that still calls itself primary, though the register names another, is not back. One that is
        cold says so only once it holds everything: nobody waits for it, so the register need not name it.
        """
        register = self.serving()
        if register is None or any(disturbs(fault, host, hosts) for fault in self.faults.values()):
            return False
        if host == register.primary or self.role_of(host) == "cold":
            return True
        return host in register.eligible and self.role_of(host) == "standby"

    def _with_role(self, said: RoleChanged) -> ClusterView:
        return msgspec.structs.replace(self, roles={**self.roles, said.host: said})

    def _with_health(self, said: HealthReported) -> ClusterView:
        return msgspec.structs.replace(self, health={**self.health, said.host: said})

    def _struck(self, fault: Fault, at_s: float) -> ClusterView:
        match fault:
            case Kill(host=host) | Stop(host=host) | Crash(host=host) | PowerOff(host=host):
                return self._dead(host, at_s)
            case _:
                return self

    def _dead(self, host: str, at_s: float) -> ClusterView:
        """Its role ends here; a host without a role must report again before it counts as ready."""
        said = self.roles.get(host)
        if said is None:
            gone = HealthReported(at_s=at_s, host=host, ready=False, epoch=0, detail="killed")
            return self._with_health(gone) if _newer(at_s, self.health.get(host)) else self
        down = RoleChanged(at_s=at_s, host=host, role="down", epoch=said.epoch)
        return self._with_role(down) if _newer(at_s, said) else self


def _newer(at_s: float, said: RoleChanged | MembershipChanged | HealthReported | None) -> bool:
    """Equal stamps count as newer: then the order of arrival decides."""
    return said is None or at_s >= said.at_s
