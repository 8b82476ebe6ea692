"""The cgroup freezer of a host's container: moved by the engine, looked at from beside the hub."""

from __future__ import annotations

from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.faults.resident import Resident


class CgroupFreezer:
    """Offers harness.worlds.faults.freezing.Freezer."""

    def __init__(self, containers: HostContainers, resident: Resident) -> None:
        self._containers, self._resident = containers, resident

    def freeze(self, host: str) -> None:
        self._containers.pause(host)

    def thaw(self, host: str) -> None:
        self._containers.unpause(host)

    def seen(self, host: str, main_pid: int, *, frozen: bool, within_s: float) -> str:
        state = self._resident.freezer(main_pid, frozen=frozen, within_s=within_s)
        return f"the freezer of {host} says {state}"
