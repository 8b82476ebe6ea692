"""Clients that ask the witnesses, against nodes and witnesses on real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest

from harness.model.command import DISCOVERY
from targets.reference import client, connector, discovery
from targets.reference.discovery import DiscoveredConnection, Inquirer
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.driver.wire import Frame, Hello, Splitter, encode
from targets.reference.machines.words.messages import Message, PrimaryIs, Reply, WhoIsPrimary, Write
from tests.targets.reference.driver.sockets import until

WITNESSES = ("w1", "w2", "w3")
Serve = Callable[[Frame], Message | None]


class Cluster:
    """Each host on an address of its own. says: what a host answers; a host without an entry refuses."""

    def __init__(self, network: int) -> None:
        self._network = network
        self.says: dict[str, Serve] = {}
        self.held: list[asyncio.StreamWriter] = []

    def address(self, name: str) -> str:
        return f"127.0.{self._network}.{('n1', 'n2', *WITNESSES).index(name) + 1}"

    async def listen(self) -> list[asyncio.Server]:
        return [
            await asyncio.start_server(
                lambda reader, writer, name=name: self._serve(name, reader, writer),  # type: ignore[misc]
                self.address(name),
                PEER_PORT if name[0] == "n" else WITNESS_PORT,
            )
            for name in self.says
        ]

    async def _serve(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter = Splitter()
        writer.write(encode(Hello(name)))
        while chunk := await reader.read(1 << 16):
            for frame in splitter.feed(chunk):
                answer = self.says[name](frame)
                if answer is not None:
                    writer.write(encode(answer))
        writer.close()


def names(epoch: int, primary: str) -> Serve:
    def witness(frame: Frame) -> Message | None:
        return PrimaryIs(frame.request, epoch, primary) if isinstance(frame, WhoIsPrimary) else None

    return witness


def node(name: str, outcome: str = "ok") -> Serve:
    def answer(frame: Frame) -> Message | None:
        if isinstance(frame, Write) and outcome != "none":
            return Reply(frame.request, outcome, name, 1)  # type: ignore[arg-type]
        return None

    return answer


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    networks = iter(range(60, 70))

    def go(says: dict[str, Serve], play: Callable[[], Coroutine[None, None, None]]) -> None:
        async def whole() -> None:
            async with a_cluster(says, next(networks), monkeypatch):
                await play()

        asyncio.run(whole())

    return go


@asynccontextmanager
async def a_cluster(
    says: dict[str, Serve], network: int, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    cluster = Cluster(network)
    cluster.says = says
    monkeypatch.setattr(client, "address", cluster.address)
    servers = await cluster.listen()
    try:
        yield
    finally:
        for inquirer in discovery._inquirers.get(asyncio.get_running_loop(), {}).values():
            inquirer.close()
        for server in servers:
            server.close()
        await asyncio.sleep(0.02)


async def connected() -> DiscoveredConnection:
    connection = await connector.connect(DISCOVERY + ",".join(WITNESSES))
    assert isinstance(connection, DiscoveredConnection)
    return connection


def test_a_client_goes_straight_to_whom_the_newest_of_a_majority_names(run: Callable[..., None]) -> None:
    async def play() -> None:
        connection = await connected()
        assert (await connection.write("k", "v")).node == "n2"
        connection.close()

    says = {"w1": names(3, "n1"), "w2": names(4, "n2"), "n1": node("n1"), "n2": node("n2")}
    run(says, play)


def test_a_witness_that_is_silent_is_waited_for_no_longer_than_its_limit(run: Callable[..., None]) -> None:
    """The lone word that is left is a hint, and good enough: the node itself refuses if it is wrong."""

    async def play() -> None:
        inquirer = Inquirer(WITNESSES)
        assert await inquirer.named() == "n1"
        inquirer.close()

    run({"w1": names(3, "n1"), "w2": lambda frame: None, "w3": lambda frame: None}, play)


def test_when_nobody_names_a_primary_nothing_was_sent(run: Callable[..., None]) -> None:
    async def play() -> None:
        with pytest.raises(OSError, match="none of w1, w2, w3 names a primary"):
            await connected()

    run({"w1": names(0, "")}, play)


def test_a_primary_that_is_named_and_not_there_is_an_error_too(run: Callable[..., None]) -> None:
    async def play() -> None:
        with pytest.raises(OSError):
            await connected()

    run({"w1": names(3, "n1"), "w2": names(3, "n1")}, play)


def test_a_refusal_makes_the_client_ask_again(run: Callable[..., None]) -> None:
    async def play() -> None:
        connection = await connected()
        assert not connection.closed
        assert (await connection.write("k", "v")).outcome == "fail"
        assert connection.closed

    run({"w1": names(3, "n1"), "w2": names(3, "n1"), "n1": node("n1", "fail")}, play)


def test_what_is_outstanding_when_another_is_refused_is_still_answered(run: Callable[..., None]) -> None:
    waiting: list[Write] = []

    def n1(frame: Frame) -> Message | None:
        """Holds the first write, refuses the second, then answers the first."""
        if isinstance(frame, Write):
            waiting.append(frame)
            return Reply(frame.request, "fail", "n1", 1) if len(waiting) == 2 else None
        return None

    async def play() -> None:
        connection = await connected()
        first = asyncio.create_task(connection.write("k", "a"))
        await until(lambda: len(waiting) == 1)
        assert (await connection.write("k", "b")).outcome == "fail"
        assert connection.closed and not first.done()
        connection._connection._take(Reply(waiting[0].request, "ok", "n1", 1))
        assert (await first).outcome == "ok"
        assert connection._connection.closed

    run({"w1": names(3, "n1"), "w2": names(3, "n1"), "n1": n1}, play)


def test_all_that_look_at_once_share_one_inquiry_and_its_connections(run: Callable[..., None]) -> None:
    asked: list[str] = []

    def counted(witness: str) -> Serve:
        def answer(frame: Frame) -> Message | None:
            asked.append(witness)
            return names(3, "n1")(frame)

        return answer

    async def play() -> None:
        inquirer = Inquirer(WITNESSES)
        assert await asyncio.gather(*(inquirer.named() for _ in range(20))) == ["n1"] * 20
        first = dict(inquirer._connections)
        assert await inquirer.named() == "n1"
        assert {**inquirer._connections, **first} == inquirer._connections and len(first) >= 2
        assert len(asked) <= 2 * 3 * 2  # a hello and a question to each, of two inquiries
        inquirer.close()

    run({witness: counted(witness) for witness in WITNESSES}, play)


def test_a_witness_that_fell_silent_is_dialled_anew(run: Callable[..., None]) -> None:
    async def play() -> None:
        inquirer = Inquirer(WITNESSES)
        assert await inquirer.named() == "n1"
        assert "w2" not in inquirer._connections and "w3" not in inquirer._connections
        inquirer.close()

    run({"w1": names(3, "n1"), "w2": lambda frame: None, "w3": lambda frame: None}, play)
