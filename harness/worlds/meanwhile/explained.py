"""Which ends of containers a drill has to expect. Pure."""

from __future__ import annotations

from harness.model.fault import Fault
from harness.reach import touched


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
