"""The observer, its nodes played by scripts."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.model.errors import TargetError
from harness.model.event import Event, HealthReported, RoleChanged
from targets.own_stack.seen import Role
from targets.own_stack.watch import OwnStackWatch
from tests.stackfile.written import GOOD, stack

WITHIN_S = 10.0
ORDERS = """\
  arbiter: {role: witness, ports: [7]}
orders:
  promote: [promote, '{to}']
  switchover: [move, '{primary}', '{to}']
"""


class Nodes:
    """Offers Asker, Store and Inside; says what a test wants it to say."""

    def __init__(self) -> None:
        self.roles: dict[str, Role | Exception] = {"db1": "primary", "db2": "standby"}
        self.prepared: list[str] = []
        self.ran: list[tuple[str, tuple[str, ...]]] = []
        self.ends_with = 0
        self.opened = 0

    def open(self, host: str) -> Asking:
        self.opened += 1
        return Asking(self, host)

    def prepare(self, host: str) -> None:
        self.prepared.append(host)

    def values(self, host: str) -> list[str]:
        if host == "db2":
            raise ConnectionError("gone")
        return ["t1.client1.0.0", "t11.client1.0.0"]

    def run_in(self, host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
        self.ran.append((host, tuple(words)))
        return self.ends_with, "first\nlast line\n"


class Asking:
    def __init__(self, nodes: Nodes, host: str) -> None:
        self._nodes, self._host = nodes, host

    def role(self) -> Role:
        word = self._nodes.roles[self._host]
        if isinstance(word, Exception):
            raise word
        return word

    def close(self) -> None: ...


class Told:
    def __init__(self) -> None:
        self._events: list[Event] = []
        self._more = threading.Condition()

    def emit(self, event: Event) -> None:
        with self._more:
            self._events.append(event)
            self._more.notify_all()

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        with self._more:
            assert self._more.wait_for(lambda: any(map(wanted, self._events)), WITHIN_S), self._events
            return next(filter(wanted, self._events))


@contextmanager
def watching(folder: Path, nodes: Nodes) -> Iterator[tuple[OwnStackWatch, Told]]:
    told = Told()
    listener = socket.create_server(("127.0.0.1", 0))

    def dial(host: str, port: int) -> socket.socket:
        assert (host, port) == ("arbiter", 7)
        return socket.create_connection(listener.getsockname())

    own = stack(folder, GOOD.replace("primary:", f"{ORDERS}primary:", 1))
    watch = OwnStackWatch(
        own,
        asker=nodes,
        store=nodes,
        dial=dial,
        emit=told.emit,
        clock=lambda raw_s: raw_s,
        inside=nodes.run_in,
    )
    try:
        yield watch, told
    finally:
        watch.close()
        listener.close()


def is_primary(host: str, epoch: int) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, RoleChanged)
        and (event.host, event.role, event.epoch)
        == (
            host,
            "primary",
            epoch,
        )
    )


def is_ready(host: str, ready: bool) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, HealthReported) and (event.host, event.ready) == (host, ready)


def test_a_primary_is_prepared_before_anybody_hears_of_it(tmp_path: Path) -> None:
    nodes = Nodes()
    with watching(tmp_path, nodes) as (_, told):
        told.until(is_primary("db1", 1))
        assert nodes.prepared == ["db1"]
        told.until(is_ready("db2", True))
        told.until(is_ready("arbiter", True))


def test_a_word_bears_the_time_at_which_it_was_asked_for(tmp_path: Path) -> None:
    before_s = time.monotonic()
    with watching(tmp_path, Nodes()) as (_, told):
        event = told.until(is_primary("db1", 1))
        assert isinstance(event, RoleChanged)
        assert before_s <= event.at_s <= time.monotonic()


def test_who_falls_silent_is_not_ready_and_is_asked_on_a_new_connection(tmp_path: Path) -> None:
    nodes = Nodes()
    with watching(tmp_path, nodes) as (_, told):
        told.until(is_ready("db2", True))
        opened = nodes.opened
        nodes.roles["db2"] = ConnectionError("reset")
        told.until(is_ready("db2", False))
        nodes.roles["db2"] = "primary"
        told.until(is_primary("db2", 2))
        assert nodes.opened > opened
        assert nodes.prepared == ["db1", "db2"]


def test_an_order_is_carried_out_with_the_primary_that_was_seen(tmp_path: Path) -> None:
    nodes = Nodes()
    with watching(tmp_path, nodes) as (watch, told):
        told.until(is_primary("db1", 1))
        watch.control("switchover", "db2")
    assert nodes.ran == [("db1", ("move", "db1", "db2"))]


def test_what_is_read_back_is_this_trial_s(tmp_path: Path) -> None:
    with watching(tmp_path, Nodes()) as (watch, told):
        told.until(is_primary("db1", 1))
        assert watch.read_all("db1", "t1") == (1, ("t1.client1.0.0",))
        with pytest.raises(TargetError, match="db2: reading everything back: gone; is the primary up"):
            watch.read_all("db2", "t1")
