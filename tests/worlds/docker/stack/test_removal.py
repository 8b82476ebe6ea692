"""Removal looks until nothing is left: what the engine refuses now may go later, and more may come up."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import docker
import pytest
from docker.errors import APIError

from harness.model.errors import WorldError
from harness.worlds.docker.stack import removal
from harness.worlds.docker.weaving.ownership import RUN


class Engine:
    """As much of an engine as removal asks for. refused: how often a thing is not to be removed yet."""

    def __init__(self, **things: list[str]) -> None:
        self.there = {kind: list(things.get(kind, [])) for kind in ("containers", "networks", "volumes")}
        self.refused: dict[str, int] = {}
        self.gone: list[str] = []
        self.looks = 0
        self.at_look: Callable[[int], None] = lambda look: None
        self.api = SimpleNamespace(
            containers=lambda all, filters: self._look(filters),
            networks=lambda filters: self._rows("networks"),
            volumes=lambda filters: {"Volumes": self._rows("volumes")},
            remove_container=lambda name, v, force: self._remove("containers", name),
            remove_network=lambda name: self._remove("networks", name),
            remove_volume=lambda name: self._remove("volumes", name),
        )

    def _look(self, filters: dict[str, list[str]]) -> list[dict[str, Any]]:
        assert filters == {"label": [f"{RUN}=aa"]}
        self.looks += 1
        self.at_look(self.looks)
        return self._rows("containers")

    def _rows(self, kind: str) -> list[dict[str, Any]]:
        return [{"Id": name, "Name": name, "Names": [f"/{name}"], "Labels": {}} for name in self.there[kind]]

    def _remove(self, kind: str, name: str) -> None:
        if self.refused.get(name, 0) > 0:
            self.refused[name] -= 1
            raise APIError("in use")
        self.there[kind].remove(name)
        self.gone.append(name)


def until_gone(engine: Engine, **words: Any) -> int:
    return removal.until_gone(cast(docker.DockerClient, engine), "aa", **{"within_s": 5.0, **words})


def test_containers_go_before_what_they_use() -> None:
    engine = Engine(containers=["c1", "c2"], networks=["n"], volumes=["v"])
    assert until_gone(engine) == 4
    assert set(engine.gone[:2]) == {"c1", "c2"}
    assert engine.looks == 2


def test_what_is_refused_now_is_tried_again() -> None:
    engine = Engine(networks=["n"])
    engine.refused["n"] = 2
    assert until_gone(engine) == 1
    assert engine.looks == 4


def test_what_comes_up_while_it_should_be_quiet_is_removed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SteppedClock(monkeypatch)
    engine = Engine(containers=["c1"])
    engine.at_look = lambda look: engine.there["containers"].append("late") if look == 5 else None
    assert until_gone(engine, quiet_s=1.0) == 2
    assert clock.now_s > 1.0 and engine.gone == ["c1", "late"]


def test_what_stirs_before_a_look_puts_off_the_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    SteppedClock(monkeypatch)
    engine = Engine()
    stirring = [1, 0, 0, 1, *[0] * 100]
    until_gone(engine, quiet_s=0.5, before_each=lambda: stirring.pop(0))
    assert engine.looks == 4 + 5


def test_what_never_goes_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    SteppedClock(monkeypatch)
    engine = Engine(networks=["stubborn"])
    engine.refused["stubborn"] = 10**6
    with pytest.raises(WorldError, match=r"network stubborn within 5 s\n  `failover-drill clean`"):
        until_gone(engine)


class SteppedClock:
    """A clock that goes 0.1 s on with every look at it, and sleeps in no time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        monkeypatch.setattr(removal, "time", self)

    def monotonic(self) -> float:
        self.now_s = round(self.now_s + 0.1, 3)
        return self.now_s

    def sleep(self, duration_s: float) -> None: ...
