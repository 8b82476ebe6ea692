"""The hub over a real Toxiproxy on loopback: what a cut does to a connection, and the traps to be known."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import docker
import pytest
import requests

from harness.model.errors import WorldError
from harness.model.fault import Cut, CutMode, Fault, Link, Slow
from harness.setup.images import TOXIPROXY
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.links import hub as hub_module
from harness.worlds.links import server as server_module
from harness.worlds.links.hub import Change, Hub
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.wanted import wanted
from harness.worlds.owned import processes

pytestmark = pytest.mark.docker

PATIENCE_S = 20.0
# Long enough for any byte that is not held back.
MOMENT_S = 0.2
BOTH = (Link("a", "b"), Link("b", "a"))
FORTH = (Link("a", "b"),)
BACK = (Link("b", "a"),)


_numbers = itertools.count(2)


def own_place() -> str:
    """Listens to nothing else: two free ports that are asked for one after the other may be the same."""
    number = next(_numbers)
    return f"127.0.{number // 250}.{number % 250 + 1}:{free_port()}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Loopback:
    """One proxy from a to b, the listener of b, and the hub that owns it. proxies: it, and more."""

    def __init__(self, port: int) -> None:
        self.control_port = port
        self.b = socket.create_server(("127.0.0.1", 0))
        self.b.settimeout(PATIENCE_S)
        self.proxy = self._proxy("a-b")
        self.proxies: tuple[Proxy, ...] = (self.proxy,)
        self.hub = Hub("127.0.0.1", port)
        self.hub.create(self.proxies)

    def bring(self, *faults: Fault, closing: Sequence[str] = ()) -> Change:
        stands = wanted(self.proxies, faults)
        change = self.hub.apply(stands, closing=closing)
        self.hub.read(stands)
        return change

    def dial(self) -> socket.socket:
        host, _, port = self.proxy.listen.rpartition(":")
        connection = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    @contextlib.contextmanager
    def connected(self) -> Iterator[tuple[socket.socket, socket.socket]]:
        """Both ends: a's, that opened it, and b's."""
        with self.dial() as a, self.b.accept()[0] as b:
            b.settimeout(PATIENCE_S)
            b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield a, b

    def more(self, count: int) -> None:
        """Besides, so many proxies that nobody uses."""
        self.proxies += tuple(self._proxy(f"more-{index}") for index in range(count))
        self.hub.create(self.proxies)

    def alive(self) -> bool:
        """Whether Toxiproxy still speaks of its proxies."""
        try:
            return requests.get(f"http://127.0.0.1:{self.control_port}/proxies", timeout=0.5).ok
        except requests.Timeout:
            return False

    def _proxy(self, name: str) -> Proxy:
        return Proxy(
            name=name,
            source="a",
            destination="b",
            listen=own_place(),
            upstream=f"127.0.0.1:{self.b.getsockname()[1]}",
        )


@pytest.fixture
def loop(client: docker.DockerClient) -> Iterator[Loopback]:
    """A Toxiproxy of the test's own, since some of what is tested ends it."""
    port = free_port()
    container = client.containers.run(
        TOXIPROXY,
        ["-host=127.0.0.1", f"-port={port}"],
        network_mode="host",
        environment={"LOG_LEVEL": "error"},
        labels=Run(secrets.token_hex(4), processes.myself()).labels(part="hub"),
        detach=True,
    )
    try:
        made = Loopback(port)
        yield made
        made.b.close()
    finally:
        container.remove(force=True)


def silent(connection: socket.socket) -> bool:
    """Neither bytes nor an end come within a moment."""
    connection.settimeout(MOMENT_S)
    try:
        connection.recv(1, socket.MSG_PEEK)
        return False
    except TimeoutError:
        return True
    finally:
        connection.settimeout(PATIENCE_S)


def ended(connection: socket.socket) -> bool:
    with contextlib.suppress(ConnectionError):
        return connection.recv(1) == b""
    return True


def test_refuse_ends_what_is_open_and_refuses_what_is_new(loop: Loopback) -> None:
    with loop.connected() as (a, b):
        loop.bring(Cut(BOTH, "refuse"))
        assert ended(a) and ended(b)
    with pytest.raises(ConnectionRefusedError):
        loop.dial()
    loop.bring()
    with loop.connected() as (a, b):
        a.sendall(b"x")
        assert b.recv(1) == b"x"


def test_a_stall_whose_reader_has_gone_ends_at_once(loop: Loopback) -> None:
    """Without its nudges Toxiproxy would wait 5 s for each piece that was held back."""
    with loop.connected() as (a, b):
        loop.bring(Cut(BOTH, "stall"))
        for _ in range(3):
            b.sendall(b"held back")
            time.sleep(0.05)  # or they were one piece
        a.close()
        time.sleep(MOMENT_S)
        change = loop.bring()
    assert change.after_s - change.before_s < hub_module._CHANGE_LIMIT_S
    with loop.connected() as (a, b):
        b.sendall(b"x")
        assert a.recv(1) == b"x"


def test_drop_swallows_and_ends_the_connection_when_it_ends(loop: Loopback) -> None:
    with loop.connected() as (a, b):
        loop.bring(Cut(BOTH, "drop"))
        a.sendall(b"x")
        b.sendall(b"y")
        assert silent(a) and silent(b)
        loop.bring()
        assert ended(a) and ended(b)


def test_stall_holds_and_delivers_late_on_the_same_connection(loop: Loopback) -> None:
    with loop.connected() as (a, b):
        loop.bring(Cut(BOTH, "stall"))
        a.sendall(b"x")
        b.sendall(b"y")
        assert silent(a) and silent(b)
        loop.bring()
        assert (a.recv(1), b.recv(1)) == (b"y", b"x")


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_one_direction_lets_the_other_through(loop: Loopback, how: CutMode) -> None:
    with loop.connected() as (a, b):
        loop.bring(Cut(FORTH, how))
        a.sendall(b"x")
        b.sendall(b"y")
        assert a.recv(1) == b"y"
        assert silent(b)
        loop.bring(Cut(BACK, how))
    with loop.connected() as (a, b):
        a.sendall(b"x")
        b.sendall(b"y")
        assert b.recv(1) == b"x"
        assert silent(a)


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_a_connection_opened_under_a_cut_is_accepted_and_hears_nothing(loop: Loopback, how: CutMode) -> None:
    loop.bring(Cut(BOTH, how))
    with loop.connected() as (a, b):
        a.sendall(b"x")
        assert silent(b)


@pytest.mark.parametrize("how", ["drop", "stall"])
def test_the_end_of_a_connection_passes_drop_and_stall(loop: Loopback, how: CutMode) -> None:
    # Milder than a network that loses packets, under which a peer would learn nothing: that is `loss`.
    with loop.connected() as (a, b):
        loop.bring(Cut(BOTH, how))
        a.close()
        assert ended(b)


def test_a_delay_is_kept_each_way_and_gone_when_it_is_over(loop: Loopback) -> None:
    def round_trip_s(a: socket.socket, b: socket.socket) -> float:
        asked_s = time.monotonic()
        a.sendall(b"x")
        b.sendall(b.recv(1))
        a.recv(1)
        return time.monotonic() - asked_s

    with loop.connected() as (a, b):
        loop.bring(Slow(BOTH, 0.1, 0.0))
        assert round_trip_s(a, b) > 0.2
        loop.bring(Slow(BOTH, 0.2, 0.0))
        assert round_trip_s(a, b) > 0.4
        loop.bring()
        assert min(round_trip_s(a, b) for _ in range(5)) < 0.1


def test_a_port_that_somebody_took_is_told_when_the_link_should_come_back(loop: Loopback) -> None:
    loop.bring(Cut(BOTH, "refuse"))
    host, _, port = loop.proxy.listen.rpartition(":")
    with (
        socket.create_server((host, int(port))),
        pytest.raises(WorldError, match=r"500.*address already in use"),
    ):
        loop.bring()
    loop.bring()
    loop.dial().close()


def test_a_hundred_links_change_within_a_moment_of_each_other(loop: Loopback) -> None:
    loop.more(59)
    # 3 to 11 ms; through the client library, one after another, 160.
    took_s = [
        change.after_s - change.before_s
        for change in (
            loop.bring(Cut(BOTH, "drop")),
            loop.bring(),
            loop.bring(Cut(BOTH, "refuse")),
            loop.bring(),
        )
    ]
    assert max(took_s) < 0.5


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "_CHANGE_LIMIT_S", 0.5)
    monkeypatch.setattr(server_module, "CALL_LIMIT_S", 0.5)


@contextlib.contextmanager
def flooded(loop: Loopback) -> Iterator[None]:
    """A stream from a whose reader b takes nothing, until no byte more fits in anywhere."""
    with loop.connected() as (a, _):
        a.setblocking(False)
        last_s = time.monotonic()
        while time.monotonic() - last_s < 0.3:
            try:
                a.send(bytes(1 << 16))
                last_s = time.monotonic()
            except BlockingIOError:
                time.sleep(0.01)
        yield


@pytest.mark.parametrize("fault", [Cut(BOTH, "drop"), Cut(BOTH, "stall"), Slow(BOTH, 0.1, 0.0)], ids=str)
def test_a_full_stream_hangs_every_change_of_toxics_and_its_proxy_is_made_anew(
    loop: Loopback, impatient: None, fault: Fault
) -> None:
    with flooded(loop):
        assert loop.bring(fault).notes == (
            "Toxiproxy hung on a-b; it was made anew, and its connections were closed",
        )
        assert loop.alive()


def test_to_set_a_latency_to_rest_hangs_on_a_full_stream_too(loop: Loopback, impatient: None) -> None:
    loop.bring(Slow(BOTH, 0.1, 0.0))
    with flooded(loop):
        assert "hung on a-b" in loop.bring().notes[0]
        assert loop.alive()


@pytest.mark.parametrize("fault", [Cut(BOTH, "drop"), Cut(BOTH, "stall"), Slow(BOTH, 0.1, 0.0)], ids=str)
def test_a_full_stream_that_is_named_hangs_nothing(loop: Loopback, impatient: None, fault: Fault) -> None:
    with flooded(loop):
        (note,) = loop.bring(fault, closing=["a-b"]).notes
        assert "its stream was full, so its connections were closed" in note
    loop.bring()


def test_a_stream_that_filled_up_under_a_stall_hangs_nothing(loop: Loopback, impatient: None) -> None:
    loop.bring(Cut(BOTH, "stall"))
    with flooded(loop):
        assert loop.bring().notes == ()


def test_a_new_client_on_a_hanging_proxy_takes_all_of_toxiproxy_down_and_that_is_told(
    loop: Loopback, impatient: None
) -> None:
    with flooded(loop), contextlib.ExitStack() as clients:
        newcomer = threading.Timer(0.2, lambda: clients.enter_context(loop.dial()))
        newcomer.start()
        with pytest.raises(WorldError, match=r"deleting a-b: Toxiproxy at .* did not answer"):
            loop.bring(Cut(BOTH, "drop"))
        newcomer.join()
        assert not loop.alive()
        # So this would be no sign of health.
        assert requests.get(f"http://127.0.0.1:{loop.control_port}/version", timeout=2).ok
