"""Whether a fault is in force still, right before it is ended: somebody else may have ended it.

A supervisor that started what was killed, a person who removed a toxic: such a fault was another one than
planned. What comes and goes in between is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from harness.model.errors import WorldError
from harness.model.fault import Crash, Cut, Fault, Impair, Kill, Pause, PowerOff, Slow, Stop, Strain
from harness.model.hardship import Memory
from harness.worlds.faults.hostfaults import HostFaults
from harness.worlds.faults.straining import Straining


class Lapses:
    """straining: None where the world offers no hardship."""

    def __init__(
        self, *, links_lapsed: Callable[[Fault], str], hosts: HostFaults, straining: Straining | None
    ) -> None:
        """links_lapsed: what of a fault's links does not stand as it asks any more."""
        self._links_lapsed, self._hosts, self._straining = links_lapsed, hosts, straining

    def of(self, fault: Fault, others: Collection[Fault]) -> str:
        """Why it is in force no more beside the others, though nobody asked for its end; empty when it is."""
        try:
            return self._of(fault, others)
        except WorldError as error:
            return f"whether it still was cannot be told: {error}"

    def _of(self, fault: Fault, others: Collection[Fault]) -> str:
        match fault:
            case Cut() | Slow() | Impair():
                return self._links_lapsed(fault)
            case PowerOff(host=host) | Kill(host=host, scope="host") | Stop(host=host, scope="host"):
                started = self._hosts.lapsed(Kill(host, "host"))
                return started or self._links_lapsed(fault)
            case Kill() | Stop() | Crash():
                return self._hosts.lapsed(fault)
            case Pause():
                return self._hosts.pauses.lapsed(fault)
            case Strain(host=host, by=Memory()):
                return self._hosts.lapsed(Kill(host, "process"))
            case Strain() if self._straining is not None:
                return self._straining.lapsed(fault, others)
            case _:
                return ""


def endings(others: Collection[Fault]) -> list[Fault]:
    """What has no power, or no memory, stays down as if it had been killed."""
    return [_as_kill(fault) for fault in others]


def _as_kill(fault: Fault) -> Fault:
    match fault:
        case PowerOff(host=host):
            return Kill(host, "host")
        case Strain(host=host, by=Memory()):
            return Kill(host, "process")
        case _:
            return fault
