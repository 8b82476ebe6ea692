"""Which ends of containers a drill has to expect. Pure."""

from __future__ import annotations

from harness.model.fault import (
    Clock,
    Crash,
    Cut,
    Disk,
    Fault,
    Impair,
    Kill,
    Lose,
    Pause,
    PowerOff,
    Slow,
    Stop,
    Strain,
    Switch,
)


class Explained:
    """The faults that are not over, and who is switched off. Threads may share it: a change is one step."""

    def __init__(self) -> None:
        self._hosts: dict[str, frozenset[str]] = {}

    def begin(self, fault_id: str, fault: Fault) -> None:
        """Before it is injected: the end may be seen first."""
        self._hosts[fault_id] = touched(fault)

    def end(self, fault_id: str) -> None:
        """After it was healed."""
        self._hosts.pop(fault_id, None)

    def __call__(self, host: str) -> bool:
        """Whether some fault explains that this host's service ends: what is cut off may give up."""
        return any(host in hosts for hosts in [*self._hosts.values()])


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
