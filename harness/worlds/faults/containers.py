"""What injection needs of who started the hosts' main processes: their containers, by host name."""

from __future__ import annotations

from typing import Protocol

# As harness.worlds.inside.processes has it.
HERE = -1


class Containers(Protocol):
    """Pids are the machine's. Every call raises WorldError, as when an engine refuses."""

    def main_pid(self, host: str) -> int:
        """Of the service's main process; 0 while it does not run."""
        ...

    def sandbox_pid(self, host: str) -> int:
        """Of a process in the host's network namespace that runs as long as the stack; HERE: it has none."""
        ...

    def grace_s(self, host: str) -> float:
        """How long the service may take to end after SIGTERM (its stop_grace_period)."""
        ...

    def start(self, host: str) -> None:
        """Start the service's container again; returns once its main process runs."""
        ...
