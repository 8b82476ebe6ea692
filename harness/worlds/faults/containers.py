"""What injection needs of the engine: the containers of a stack's hosts, by host name."""

from __future__ import annotations

from typing import Protocol


class Containers(Protocol):
    """The engine's view. Pids are the machine's. Every call raises WorldError when the engine refuses."""

    def main_pid(self, host: str) -> int:
        """Of the service's main process; 0 while it does not run."""
        ...

    def sandbox_pid(self, host: str) -> int:
        """Of the process that keeps the host's network namespace; it runs as long as the stack."""
        ...

    def grace_s(self, host: str) -> float:
        """How long the service may take to end after SIGTERM (its stop_grace_period)."""
        ...

    def start(self, host: str) -> None:
        """Start the service's container again; returns once its main process runs."""
        ...

    def pause(self, host: str) -> None:
        """Freeze all of its processes, by the cgroup freezer."""
        ...

    def unpause(self, host: str) -> None: ...
