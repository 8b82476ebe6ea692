"""The client against a node on a real socket: what is certain, what is unknown."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from harness.model.errors import TargetError
from targets.reference import client
from targets.reference.driver.wire import Frame, Hello, Splitter, encode
from targets.reference.machines.words.messages import (
    Message,
    Read,
    ReadAll,
    Reply,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from tests.targets.reference.driver.sockets import free_port

# How a node answers a frame: a message, nothing, or "lost": it cuts the connection.
Serve = Callable[[Frame], Message | str | None]


@asynccontextmanager
async def a_node(serve: Serve, *, greets: bool = True) -> AsyncIterator[int]:
    async def node(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        splitter = Splitter()
        if greets:
            writer.write(encode(Hello("n1")))
        while chunk := await reader.read(1 << 16):
            for frame in splitter.feed(chunk):
                answer = serve(frame)
                if isinstance(answer, str):
                    writer.transport.abort()
                elif answer is not None:
                    writer.write(encode(answer))
        writer.close()

    port = free_port()
    server = await asyncio.start_server(node, "127.0.0.1", port)
    try:
        yield port
    finally:
        server.close()
        await asyncio.sleep(0.01)


def well(frame: Frame) -> Message | None:
    match frame:
        case Write(request, _, value):
            return Reply(request, "ok", "n1", 4, value)
        case Read(request, _):
            return Reply(request, "ok", "n1", 4, "there")
        case SwitchOver(request, to):
            return SwitchOverAnswer(request, to == "n2", f"to {to}")
        case _:
            return None


def test_answers_find_their_requests_though_they_overlap() -> None:
    async def go() -> None:
        async with a_node(well) as port:
            connection = await client.connect_to("127.0.0.1", port)
            replies = await asyncio.gather(*(connection.write("k", f"v{n}") for n in range(50)))
            assert [reply.value for reply in replies] == [f"v{n}" for n in range(50)]
            assert {(reply.outcome, reply.node, reply.epoch) for reply in replies} == {("ok", "n1", 4)}
            assert (await connection.read("k")).value == "there"
            assert (await connection.switch_over("n2")).ok
            connection.close()

    asyncio.run(go())


def test_a_refusal_is_a_fail_and_the_reason_is_kept() -> None:
    async def go() -> None:
        def refuses(frame: Frame) -> Message | None:
            if isinstance(frame, Write):
                return Reply(frame.request, "fail", "n1", 4, error="not primary")
            return None

        async with a_node(refuses) as port:
            connection = await client.connect_to("127.0.0.1", port)
            reply = await connection.write("k", "v")
            assert (reply.outcome, reply.error, reply.answered) == ("fail", "not primary", True)
            connection.close()

    asyncio.run(go())


def test_sent_without_an_answer_is_unknown_and_not_sent_is_a_fail() -> None:
    async def go() -> None:
        async with a_node(lambda frame: "lost" if isinstance(frame, Write) else None) as port:
            connection = await client.connect_to("127.0.0.1", port)
            sent = await asyncio.gather(connection.write("k", "a"), connection.read("k"))
            assert {(reply.outcome, reply.answered) for reply in sent} == {("unknown", False)}
            assert connection.closed
            assert (await connection.write("k", "b")).outcome == "fail"

    asyncio.run(go())


def test_a_router_with_nobody_behind_it_is_no_connection() -> None:
    async def go() -> None:
        async with a_node(lambda frame: "lost", greets=False) as port:
            with pytest.raises(OSError, match="closed"):
                async with asyncio.timeout(5):
                    await client.connect_to("127.0.0.1", port)
        broken = list[object]()
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: broken.append(context))
        async with a_node(lambda frame: None, greets=False) as port:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await client.connect_to("127.0.0.1", port)
            await asyncio.sleep(0.02)
        assert broken == []

    asyncio.run(go())


@contextmanager
def an_answer(*frames: Frame) -> Iterator[socket.socket]:
    """One end of a connection whose other end says these frames to the first bytes it hears, then closes."""
    own, other = socket.socketpair()

    def answer() -> None:
        with other:
            other.recv(1 << 16)
            other.sendall(b"".join(encode(frame) for frame in frames))

    thread = threading.Thread(target=answer)
    thread.start()
    with own:
        yield own
    thread.join(5)


def test_everything_is_read_back_with_its_epoch() -> None:
    with an_answer(Hello("n1"), Reply(1, "ok", "n1", 6, values=("t1.a", "t1.b"))) as connection:
        assert client.read_all(connection, "t1", limit_s=5) == (6, ("t1.a", "t1.b"))


def test_the_node_is_asked_for_this_prefix() -> None:
    own, other = socket.socketpair()
    with own, other:
        with pytest.raises(TargetError, match="is the primary up"):
            client.read_all(own, "t7", limit_s=0.01)
        assert list(Splitter().feed(other.recv(1 << 16))) == [Hello("client"), ReadAll(1, "t7")]


@pytest.mark.parametrize(
    ("frames", "problem"),
    [((Hello("n1"), Reply(1, "fail", "n1", 6, error="no lease")), "no lease"), ((Hello("n1"),), "closed")],
)
def test_what_cannot_be_read_back_is_an_error(frames: tuple[Frame, ...], problem: str) -> None:
    with an_answer(*frames) as connection, pytest.raises(TargetError, match=problem):
        client.read_all(connection, "t1", limit_s=5)
