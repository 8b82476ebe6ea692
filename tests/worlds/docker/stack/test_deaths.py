"""A container that ends without a fault to explain it breaks the world; so does an engine that goes away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Queue
from types import SimpleNamespace
from typing import Any, cast

import docker
import pytest

from harness.model.errors import WorldError
from harness.worlds.docker.stack.deaths import DeathWatch
from harness.worlds.docker.stack.hostcontainers import Container, HostContainers

A = Container("id-a", "a", "service", "a")
SANDBOX = Container("id-s", "fd-sandbox-a", "sandbox", "a")
PREPARE = Container("id-p", "prepare", "service", "")


class Events:
    """The engine's stream: what a test puts in comes out; None is its end, an error is raised."""

    def __init__(self) -> None:
        self._told: Queue[dict[str, Any] | Exception | None] = Queue()
        self.ended = threading.Event()

    def die(self, of: Container, exit_code: str = "137") -> None:
        self._told.put({"id": of.id, "Actor": {"Attributes": {"exitCode": exit_code}}})

    def end(self, with_error: Exception | None = None) -> None:
        self._told.put(with_error)

    def close(self) -> None:
        self.end()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (told := self._told.get(timeout=5)) is not None:
            if isinstance(told, Exception):
                raise told
            yield told
        self.ended.set()


class Stage:
    """running: the containers that run again, or still, when somebody looks."""

    def __init__(self, *, explained: Callable[[str], bool] = lambda host: False) -> None:
        self.events, self.broken = Events(), Queue[BaseException]()
        self.running: set[str] = set()
        self.stopped: tuple[tuple[Container, int], ...] = ()
        self._explained = explained

    def watch(self) -> DeathWatch:
        client = SimpleNamespace(api=SimpleNamespace(events=lambda decode, filters: self.events))
        containers = SimpleNamespace(
            all=(A, SANDBOX, PREPARE),
            runs=self.running.__contains__,
            stopped=lambda: self.stopped,
            last_lines=lambda of: "    its last words",
        )
        return DeathWatch(
            cast(docker.DockerClient, client),
            "aa",
            cast(HostContainers, containers),
            explained=self._explained,
            broke=self.broken.put,
        )

    def told(self) -> str:
        return str(self.broken.get(timeout=5))


def test_an_end_that_no_fault_explains_is_told_with_its_last_words() -> None:
    stage = Stage()
    watch = stage.watch()
    stage.events.die(A, "1")
    told = stage.told()
    assert told.startswith("a ended by itself, with exit code 1; its last lines:\n    its last words")
    assert "logs/a.log" in told
    watch.close()


@pytest.mark.parametrize("of", [A, PREPARE])
def test_an_end_that_is_expected_breaks_nothing(of: Container) -> None:
    stage = Stage(explained=lambda host: host == "a")
    watch = stage.watch()
    stage.events.die(of)
    watch.close()
    assert stage.events.ended.is_set()
    assert stage.broken.empty()


def test_a_container_that_runs_again_by_now_was_started_by_the_end_of_its_fault() -> None:
    stage = Stage()
    stage.running.add(A.id)
    watch = stage.watch()
    stage.events.die(A)
    watch.close()
    assert stage.broken.empty()


def test_nothing_explains_the_end_of_a_sandbox() -> None:
    stage = Stage(explained=lambda host: True)
    watch = stage.watch()
    stage.events.die(SANDBOX)
    assert stage.told().startswith("the mesh's fd-sandbox-a ended by itself")
    watch.close()


@pytest.mark.parametrize("error", [None, ConnectionResetError("reset")])
def test_an_engine_that_goes_away_breaks_the_world(error: Exception | None) -> None:
    stage = Stage()
    watch = stage.watch()
    stage.events.end(error)
    told = stage.told()
    assert told.startswith("the Docker engine went away")
    assert "failover-drill setup" in told
    watch.close()


def test_what_ended_before_anybody_watched_is_an_error_at_once() -> None:
    stage = Stage()
    stage.stopped = ((PREPARE, 0), (A, 3))
    with pytest.raises(WorldError, match="a ended by itself, with exit code 3"):
        stage.watch()


def test_after_its_close_the_end_of_the_stream_is_nobodys_business() -> None:
    stage = Stage()
    stage.watch().close()
    assert stage.events.ended.is_set()
    assert stage.broken.empty()
