from __future__ import annotations

from typing import cast

import pytest

from harness.model.errors import WorldError
from harness.worlds.docker import keeper
from harness.worlds.docker.keeper import EnginePower
from harness.worlds.docker.stack.hostcontainers import HostContainers


class Containers:
    """Of one host. dies: after so many looks."""

    def __init__(self, *, dies: int = 1) -> None:
        self.runs, self.told, self._looks = True, list[str](), dies

    def main_pid(self, host: str) -> int:
        if "kill" in self.told[-1:]:
            self._looks -= 1
            self.runs = self._looks > 0
        return int(self.runs)

    def kill(self, host: str) -> None:
        self.told.append("kill")

    def start(self, host: str) -> None:
        self.told.append("start")
        self.runs = True


def power(containers: Containers) -> EnginePower:
    return EnginePower(cast(HostContainers, containers))


def test_off_is_told_once_it_is_seen_and_on_starts_it_again() -> None:
    containers = Containers(dies=3)
    assert power(containers).power_off("n1") == "n1 is off" and not containers.runs
    assert power(containers).power_on("n1") == "n1 runs" and containers.told == ["kill", "start"]


def test_what_is_so_already_is_left_alone() -> None:
    containers = Containers()
    power(containers).power_on("n1")
    containers.runs = False
    power(containers).power_off("n1")
    assert containers.told == []


def test_who_does_not_die_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_DIES_WITHIN_S", 0.01)
    with pytest.raises(WorldError, match="still runs"):
        power(Containers(dies=10**9)).power_off("n1")
