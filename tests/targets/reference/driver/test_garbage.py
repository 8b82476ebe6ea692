"""Garbage, mutated and cut messages at every port that the driver listens on, over real sockets.

Whatever comes in, the host stays up and as it was, the connection is closed or waits, and what was refused is
counted. A machine hears whole messages of whoever may say them, or nothing.
"""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.workloads import challenge, lines
from targets.reference.driver import fence_node, health, http, redfish
from targets.reference.driver.admission import Admission
from targets.reference.driver.entry import Entry
from targets.reference.driver.fence_node import FenceHost, Rail
from targets.reference.driver.links import Network
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.surroundings import Surroundings
from targets.reference.driver.wire import Frame, Hello, Ping, Pong, encode
from targets.reference.machines.words.grammar import Received
from targets.reference.machines.words.messages import (
    Accept,
    AskStatus,
    CopyAnswer,
    Follow,
    Heartbeat,
    Member,
    Place,
    Promised,
    PromoteOrder,
    ReadAll,
    Record,
    Register,
    Stream,
    StreamAck,
    Vote,
    Write,
)
from targets.reference.orders import Order, StartOrder, SwitchoverOrder
from targets.reference.settings import Settings
from tests.targets.reference.driver.sockets import free_port
from tests.targets.reference.driver.strangers import TOKEN, Stranger, quiet

T = TypeVar("T")

# Real sockets: what a busy machine takes for them fails no test.
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
REGISTER = Register(2, "n1", (Member("n1", "a"), Member("n2", "b")))
FRAMES: tuple[Frame, ...] = (
    Heartbeat(2, "n1", 12.5, Place(2, 9)),
    Vote(2, "n1", "silent"),
    Promised((7, "n1", 1), (6, "w1", 1), REGISTER),
    Accept((7, "n1", 1), REGISTER),
    CopyAnswer(1, False, (7, "n1", 1), (6, "w1", 1), REGISTER),
    Follow(2, "n2", "b", (Place(1, 4), Place(2, 9))),
    Stream(2, Place(2, 8), (Record(2, 9, "k", "v"),), 8),
    StreamAck(2, "n2", "b", Place(2, 9)),
    Write(1, "k", "v"),
    ReadAll(1, ""),
    AskStatus(1),
    PromoteOrder(1, 2, "n1", "n2", True, "anna"),
    Hello("n1", "", "0" * 64),
    Ping(),
    Pong(),
)


class Host:
    """One of each server, in a loop of its own. heard: what reached a machine; ordered: what an agent."""

    def __init__(self, folder: Path) -> None:
        self.heard, self.ordered, self.switched = list[Received](), list[Order](), list[object]()
        self.broken = list[dict[str, object]]()
        self.refusals: Refusals = quiet()
        self.ports = {name: free_port() for name in ("peers", "entry", "health", "fence", "rail")}
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: self.broken.append(context))
        self._loop.run_until_complete(self._listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def play(self, act: Callable[[], Awaitable[T]]) -> T:
        async def acted() -> T:
            return await act()

        return asyncio.run_coroutine_threadsafe(acted(), self._loop).result(20)

    def end(self) -> None:
        async def closed() -> None:
            await self._network.close()
            await self._entry._server.close()
            for server in self._servers:
                server.close()
            await asyncio.sleep(0.02)

        self.play(closed)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _listen(self) -> None:
        stack, refusals = Settings(), self.refusals
        self._network = Network(
            "w1", self.heard.append, Admission(stack).admits, token=TOKEN, refusals=refusals
        )
        await self._network.listen("127.0.0.1", self.ports["peers"])

        async def ordered(order: Order) -> tuple[bool, str]:
            self.ordered.append(order)
            return True, ""

        self._entry = Entry("w1", ordered=ordered, token=TOKEN, refusals=refusals)
        await self._entry.listen("127.0.0.1", self.ports["entry"])
        where = Surroundings(
            host="fence", bind="127.0.0.1", folder=self._folder, settings=stack, defects=frozenset()
        )
        fence = FenceHost(where, _Rail(self.switched), TOKEN)
        fence.refusals = refusals
        self._servers = (
            await health.listen("127.0.0.1", self.ports["health"], serving=lambda: True, refusals=refusals),
            await self._fence_at(fence, self.ports["fence"]),
        )

    async def _fence_at(self, fence: FenceHost, port: int) -> asyncio.Server:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fence_node, "FENCE_PORT", port)
            return await fence.begin()


class _Rail(Rail):
    def __init__(self, switched: list[object]) -> None:
        super().__init__("", "")
        self._switched = switched

    async def ask(self, what: redfish.Wanted) -> object:  # type: ignore[override]
        self._switched.append(what)
        return await super().ask(what)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    made = Host(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.end()
    gc.collect()


def _mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """Cut, flipped, doubled, or with garbage put in."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        match draw(st.integers(0, 3)):
            case 0:
                del content[at:]
            case 1 if content:
                content[at] ^= draw(st.integers(1, 255))
            case 2:
                content[at:at] = draw(st.binary(max_size=40))
            case _:
                content += content[at:]
    return bytes(content)


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    whole = b"".join(
        encode(frame) for frame in draw(st.lists(st.sampled_from(FRAMES), min_size=1, max_size=5))
    )
    return draw(st.one_of(st.binary(max_size=200), st.just(whole), st.just(_mutated(draw, whole))))


@st.composite
def observer_lines(draw: st.DrawFn) -> bytes:
    orders = [msgspec.Raw(msgspec.json.encode(one)) for one in (StartOrder(), SwitchoverOrder("n2"))]
    said: list[lines.Show | lines.Attach | lines.Ask] = [
        lines.Show("0" * 64),
        lines.Attach("", 0),
        *(lines.Ask("s", 1, order) for order in orders),
    ]
    whole = b"".join(lines.encode(line) for line in draw(st.lists(st.sampled_from(said), max_size=4)))
    return draw(st.one_of(st.binary(max_size=200), st.just(whole), st.just(_mutated(draw, whole))))


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    asked = redfish.Request(
        "POST", f"{redfish.SYSTEMS}n1/Actions/ComputerSystem.Reset", "wrong", b'{"ResetType": "ForceOff"}'
    )
    said = [http.request_bytes(asked, "fence"), b"GET /primary HTTP/1.0\r\n\r\n", b"GET / HTTP/9\r\n\r\n"]
    whole = draw(st.sampled_from(said))
    return draw(st.one_of(st.binary(max_size=200), st.just(whole), st.just(_mutated(draw, whole))))


async def _said(port: int, content: bytes) -> None:
    """All of it, then the end: whatever the host makes of it, it closes."""
    async with Stranger(port) as stranger:
        stranger.say(content)
        stranger._writer.write_eof()
        await stranger.closed()


@FUZZ
@given(content=frames())
def test_no_stranger_makes_a_machine_hear_what_is_not_a_clients_to_say(host: Host, content: bytes) -> None:
    host.heard.clear()
    host.play(lambda: _said(host.ports["peers"], content))
    assert host.heard == [] and not host.broken


@FUZZ
@given(content=frames())
def test_a_client_is_heard_with_what_clients_say_and_with_nothing_else(host: Host, content: bytes) -> None:
    host.heard.clear()
    host.play(lambda: _said(host.ports["peers"], encode(Hello("client")) + content))
    assert {type(one.message) for one in host.heard} <= {Write, ReadAll} and not host.broken


@FUZZ
@given(content=frames())
def test_of_a_peer_that_has_gone_mad_only_what_it_may_say_of_itself_is_heard(
    host: Host, content: bytes
) -> None:
    host.heard.clear()

    async def mad() -> None:
        async with Stranger(host.ports["peers"]) as n1:
            await n1.prove("n1")
            n1.say(content)
            n1._writer.write_eof()
            await n1.closed()

    host.play(mad)
    admits = Admission(Settings()).admits
    assert all(admits("n1", one.message) for one in host.heard) and not host.broken
    for one in host.heard:
        # It is a value that could have been sent: the codec takes it both ways.
        assert msgspec.msgpack.encode(one.message)


@FUZZ
@given(content=observer_lines())
def test_no_stranger_orders_anything_at_an_entry(host: Host, content: bytes) -> None:
    host.play(lambda: _said(host.ports["entry"], content))
    assert host.ordered == [] and not host.broken


@FUZZ
@given(content=observer_lines())
def test_an_observer_that_has_gone_mad_orders_at_most_what_an_order_is(host: Host, content: bytes) -> None:
    host.ordered.clear()

    async def mad() -> None:
        async with Stranger(host.ports["entry"]) as observer:
            line = lines.from_host(await observer._reader.readline())
            assert isinstance(line, lines.Challenge)
            proof = challenge.answer(TOKEN, line.challenge, lines.OBSERVER)
            observer.say(lines.encode(lines.Show(proof)) + content)
            observer._writer.write_eof()
            await observer.closed()

    host.play(mad)
    assert {type(one) for one in host.ordered} <= {StartOrder, SwitchoverOrder} and not host.broken
    host.ordered.clear()


@FUZZ
@given(content=requests())
def test_nothing_without_the_token_reaches_a_switch_and_health_goes_on(host: Host, content: bytes) -> None:
    for name in ("fence", "health"):
        host.play(partial(_said, host.ports[name], content))
    assert host.switched == [] and not host.broken

    async def checked() -> bytes:
        async with Stranger(host.ports["health"]) as check:
            check.say(b"GET /primary HTTP/1.0\r\n\r\n")
            return await check.closed()

    assert host.play(checked).startswith(b"HTTP/1.0 200 OK")


def test_what_was_refused_is_counted_by_port_and_reason(host: Host) -> None:
    before = dict(host.refusals.counts)
    for name in ("peers", "entry", "health", "fence"):
        host.play(partial(_said, host.ports[name], b"\x00\x00\x00\x01\xff garbage\r\n\r\n"))
    for name in ("peers", "entry", "health", "fence"):
        grown = sum(
            count - before.get(pair, 0) for pair, count in host.refusals.counts.items() if pair[0] == name
        )
        assert grown == 1, name
