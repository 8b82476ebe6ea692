"""Whom a set of faults cuts off from whom. Pure geometry of hosts and links; ignores time and traffic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from harness.model.fault import (
    Clock,
    Crash,
    Cut,
    Disk,
    Fault,
    Impair,
    Kill,
    Link,
    Lose,
    Pause,
    PowerOff,
    Slow,
    Stop,
    Strain,
    Switch,
)
from harness.model.hardship import DiskFull, FailingFsync, Memory
from harness.model.impairment import Reset
from harness.model.plan import HostPlan


class Hosts(Struct, frozen=True, kw_only=True):
    """The hosts of a plan by what they are for."""

    data: tuple[str, ...]
    witnesses: tuple[str, ...]
    routers: tuple[str, ...]
    fences: tuple[str, ...]
    clients: tuple[str, ...]
    others: tuple[str, ...] = ()

    @staticmethod
    def of(plans: Sequence[HostPlan]) -> Hosts:
        return _hosts(tuple(plans))

    @property
    def all(self) -> tuple[str, ...]:
        return self.data + self.witnesses + self.routers + self.fences + self.clients + self.others


_ROLES = ("data", "witness", "router", "fence", "client", "other")


@lru_cache(maxsize=64)
def _hosts(plans: tuple[HostPlan, ...]) -> Hosts:
    """Kept: a rehearsal asks for those of one plan a thousand times."""
    names = {role: tuple(p.name for p in plans if p.role == role) for role in _ROLES}
    return Hosts(
        data=names["data"],
        witnesses=names["witness"],
        routers=names["router"],
        fences=names["fence"],
        clients=names["client"],
        others=names["other"],
    )


def touched(fault: Fault) -> frozenset[str]:
    """The hosts that a fault acts on."""
    match fault:
        case Kill(host=host) | Stop(host=host) | Pause(host=host) | Disk(host=host) | Clock(host=host):
            return frozenset({host})
        case PowerOff(host=host) | Strain(host=host):
            return frozenset({host})
        case Crash(point=point):
            return frozenset(point.hosts)
        case Switch():
            return frozenset()
        case Cut(links=links) | Slow(links=links) | Lose(links=links) | Impair(links=links):
            return frozenset(host for link in links for host in (link.source, link.destination))


def silenced(fault: Fault) -> str:
    """The host that a kill, stop, pause, crash or its disk takes out; empty for any other fault."""
    match fault:
        case PowerOff(host=host) | Strain(host=host, by=Memory() | FailingFsync() | DiskFull()):
            return host
        case Kill(host=host) | Stop(host=host) | Pause(host=host) | Crash(host=host) | Disk(host=host):
            return host
        case Cut() | Slow() | Lose() | Impair() | Clock() | Switch() | Strain():
            return ""


def cut_peers(host: str, faults: Iterable[Fault]) -> frozenset[str]:
    """The hosts that cannot hold a conversation with this one: one lost direction is enough."""
    peers: set[str] = set()
    for fault in faults:
        for link in _mute(fault):
            if link.source == host:
                peers.add(link.destination)
            elif link.destination == host:
                peers.add(link.source)
    return frozenset(peers)


def _mute(fault: Fault) -> tuple[Link, ...]:
    """Links that carry no word: where every connection is reset at its first byte none does either."""
    match fault:
        case Cut(links=links) | Impair(links=links, by=Reset()) | PowerOff(links=links):
            return links
        case _:
            return ()


def without_arbiters(host: str, faults: Sequence[Fault], hosts: Hosts) -> bool:
    """The host no longer reaches a majority of those who arbitrate: it is cut off, or they are silenced.

    Arbiters are the witnesses; in a system without any, the data nodes, the host itself being one.
    """
    arbiters = hosts.witnesses or hosts.data
    gone = cut_peers(host, faults) | {silenced(fault) for fault in faults}
    reached = sum(1 for name in arbiters if name == host or name not in gone)
    return bool(arbiters) and 2 * reached <= len(arbiters)


def disturbs(fault: Fault, host: str, hosts: Hosts) -> bool:
    """The fault takes this data node out of the cluster's working order while it is in force.

    Losing a minority of the witnesses, a client or the router does not; nor does a slow link or a clock.
    """
    if silenced(fault):
        return silenced(fault) == host
    peers = cut_peers(host, (fault,))
    return any(name in peers for name in hosts.data) or without_arbiters(host, (fault,), hosts)


def victim(fault: Fault, hosts: Hosts, *, primary: str) -> str:
    """The data node that a fault is aimed at; empty when it disturbs none.

    Of a cut it is the primary when that loses its arbiters, else the data node that loses most links.
    """
    aimed_at = fault.host if isinstance(fault, Clock | Strain) else silenced(fault)
    if aimed_at:
        return aimed_at if aimed_at in hosts.data else ""
    if primary and without_arbiters(primary, (fault,), hosts):
        return primary
    hit = [name for name in hosts.data if disturbs(fault, name, hosts)]
    return max(hit, key=lambda name: len(cut_peers(name, (fault,))), default="")
