"""Following a host over real sockets: no event is lost or doubled, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from harness.model.command import StartLoad, StopLoad
from harness.model.errors import WorldError
from harness.model.event import Event, Failed, HealthReported, LoadStopped
from harness.workloads import served
from harness.workloads.follow import Follower
from harness.workloads.wire import LoadClient, order

_LIMIT_S = 5.0


class Host:
    """A line server in a thread of its own; its connections can be cut."""

    def __init__(self, *, asked: Callable[[msgspec.Raw], tuple[bool, str]]) -> None:
        self.port, self.asked_bodies = 0, list[bytes]()
        self._sockets: list[socket.socket] = []
        self._asked = asked
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(_LIMIT_S)

    def tell(self, event: Event) -> None:
        self._loop.call_soon_threadsafe(self._server.tell, event)

    def dial(self, host: str, port: int) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=1)
        self._sockets.append(connection)
        return connection

    def cut(self) -> None:
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_LIMIT_S)

    def _run(self) -> None:
        async def asked(body: msgspec.Raw) -> tuple[bool, str]:
            self.asked_bodies.append(bytes(body))
            return self._asked(body)

        async def listen() -> None:
            self._server = served.LineServer(asked=asked, state=state)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            await self._server.listen("127.0.0.1", self.port)

        def state() -> tuple[Event, ...]:
            return (HealthReported(at_s=time.monotonic(), host="h", ready=True, epoch=7),)

        self._loop.run_until_complete(listen())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._server.close())
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


@contextmanager
def a_host(asked: Callable[[msgspec.Raw], tuple[bool, str]] = lambda body: (True, "")) -> Iterator[Host]:
    host = Host(asked=asked)
    try:
        yield host
    finally:
        host.close()


def until(condition: Callable[[], bool]) -> None:
    limit_s = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < limit_s, "it did not come in time"
        time.sleep(0.005)


def told(number: int) -> LoadStopped:
    return LoadStopped(client=f"{number}", at_s=1000.0 + number)


def seen(events: list[Event]) -> list[str]:
    return [event.client for event in events if isinstance(event, LoadStopped)]


def test_every_event_comes_once_though_the_connection_is_cut_again_and_again() -> None:
    events: list[Event] = []
    with a_host() as host:
        follower = Follower(
            host="h", port=0, dial=host.dial, emit=events.append, clock=lambda raw_s: raw_s - 1000
        )
        for number in range(60):
            host.tell(told(number))
            if number % 7 == 0:
                time.sleep(0.01)
                host.cut()
        until(lambda: len(seen(events)) >= 60)
        follower.close()
    assert seen(events) == [f"{number}" for number in range(60)]
    assert next(event.at_s for event in events if isinstance(event, LoadStopped)) == 0.0


def test_the_state_of_the_host_is_told_at_each_connection() -> None:
    events: list[Event] = []
    links: list[bool] = []
    with a_host() as host:
        follower = Follower(
            host="h",
            port=0,
            dial=host.dial,
            emit=events.append,
            clock=lambda raw_s: raw_s,
            linked=lambda up, detail: links.append(up),
        )
        until(lambda: links == [True])
        host.cut()
        until(lambda: links == [True, False, True])
        until(lambda: len(events) == 2)
        follower.close()
    assert all(isinstance(event, HealthReported) and event.epoch == 7 for event in events)


def test_a_host_that_cannot_be_dialled_is_told_once() -> None:
    def dial(host: str, port: int) -> socket.socket:
        raise WorldError("no such host")

    links: list[tuple[bool, str]] = []
    follower = Follower(
        host="h",
        port=0,
        dial=dial,
        emit=lambda event: None,
        clock=lambda raw_s: raw_s,
        linked=lambda up, detail: links.append((up, detail)),
    )
    until(lambda: len(links) == 1)
    time.sleep(0.12)
    follower.close()
    assert links == [(False, "no such host")]


def test_events_that_the_host_no_longer_holds_are_reported_as_lost() -> None:
    events: list[Event] = []
    with a_host() as host:
        for number in range(20_010):
            host.tell(told(number))
        follower = Follower(host="h", port=0, dial=host.dial, emit=events.append, clock=lambda raw_s: raw_s)
        until(lambda: len(seen(events)) >= 20_000)
        follower.close()
    (lost,) = [event for event in events if isinstance(event, Failed)]
    assert lost.reason.startswith("10 events of h were lost")


def test_an_order_is_carried_out_once_though_the_connection_is_cut() -> None:
    with a_host() as host:
        client = LoadClient(
            host="client1", dial=host.dial, emit=lambda event: None, clock=lambda raw_s: raw_s
        )
        for _ in range(20):
            client.stop(StopLoad(client="client1"))
            host.cut()
            time.sleep(0.01)
        until(lambda: len(host.asked_bodies) >= 20)
        time.sleep(0.1)
        client.close()
    assert len(host.asked_bodies) == 20


def test_orders_arrive_as_they_were_given() -> None:
    start = StartLoad(
        trial=2,
        client="client1",
        address="router",
        value_prefix="t2",
        writers=4,
        rate_per_s=50.0,
        readers=2,
        read_rate_per_s=50.0,
        timeout_s=1.0,
    )
    with a_host() as host:
        client = LoadClient(
            host="client1", dial=host.dial, emit=lambda event: None, clock=lambda raw_s: raw_s
        )
        client.start(start)
        until(lambda: len(host.asked_bodies) == 1)
        client.close()
    assert order(msgspec.Raw(host.asked_bodies[0])) == start


def test_a_refused_order_is_a_failed_command() -> None:
    events: list[Event] = []
    with a_host(lambda body: (False, "not now")) as host:
        client = LoadClient(host="client1", dial=host.dial, emit=events.append, clock=lambda raw_s: raw_s)
        client.stop(StopLoad(client="client1"))
        until(lambda: any(isinstance(event, Failed) for event in events))
        client.close()
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert (failed.command_id, failed.reason) == ("client1", "not now")
