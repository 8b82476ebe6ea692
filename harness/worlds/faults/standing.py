"""What is in force, and the links as that asks: one change at a time, and a record of who was touched when.

By that record a proof knows whether what it saw was its own fault's doing alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from harness.model.fault import Fault
from harness.worlds.faults.meshlinks import MeshLinks
from harness.worlds.links.hub import Change

Faults = tuple[Fault, ...]


class Standing:
    """Threads may share it; no lock is held for longer than links take to change. Calls raise WorldError."""

    def __init__(self, links: MeshLinks) -> None:
        self._links = links
        self._faults: dict[str, Fault] = {}
        self._touched: list[frozenset[str]] = []
        self._lock = threading.RLock()

    def all(self) -> dict[str, Fault]:
        with self._lock:
            return dict(self._faults)

    def others(self, fault_id: str) -> Faults:
        return tuple(fault for name, fault in self.all().items() if name != fault_id)

    def put(self, fault_id: str, fault: Fault) -> None:
        """In force from now on; no link changes yet."""
        with self._lock:
            self._faults[fault_id] = fault

    def drop(self, fault_id: str) -> None:
        with self._lock:
            self._faults.pop(fault_id, None)

    def bring(self) -> Change:
        """The links to what all ask for that are in force now."""
        with self._lock:
            return self._links.bring(self._faults.values())

    def bring_to(self, fault: Fault) -> tuple[Change, str]:
        """The same, and what was read back of this one's links."""
        with self._lock:
            change = self.bring()
            return change, self._links.read_back(fault, self._faults.values())

    def bring_without(self, fault_id: str) -> tuple[Change, str]:
        """The links to what all the others ask for, read back. It is over only when that has gone well."""
        with self._lock:
            others = self.others(fault_id)
            change = self._links.bring(others)
            line = self._links.check(others)
            self.drop(fault_id)
            return change, line

    def links_lapsed(self, fault: Fault) -> str:
        """What of its links does not stand as it asks any more; empty when all does."""
        with self._lock:
            return self._links.lapsed(fault, self._faults.values())

    @contextmanager
    def changing(self, hosts: frozenset[str]) -> Iterator[None]:
        """Something is done to these hosts, or to their links, inside."""
        self._note(hosts)
        try:
            yield
        finally:
            self._note(hosts)

    def watched(self, hosts: frozenset[str]) -> tuple[Faults, Callable[[], bool]]:
        """All that is in force now; and, asked later, whether anything was done to these hosts since."""
        with self._lock:
            mark, faults = len(self._touched), tuple(self._faults.values())

        def disturbed() -> bool:
            with self._lock:  # what is just being done has been noted
                return any(hosts & touched for touched in self._touched[mark:])

        return faults, disturbed

    def _note(self, hosts: frozenset[str]) -> None:
        with self._lock:
            self._touched.append(hosts)
