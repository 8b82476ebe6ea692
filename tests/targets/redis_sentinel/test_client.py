"""The client against a Redis on a real socket: what is certain, what is unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from targets.redis_sentinel import client
from targets.redis_sentinel.client import NodeConnection
from tests.targets.redis_sentinel.servers import Answer, Refusal, Serve, replication, serving

T = TypeVar("T")
HOST = "127.0.0.1"


def with_node(
    serve: Serve, use: Callable[[NodeConnection], Awaitable[T]], monkeypatch: pytest.MonkeyPatch
) -> T:
    async def go() -> T:
        async with serving(serve) as port:
            monkeypatch.setattr(client, "REDIS_PORT", port)
            connection = await client.connect(HOST)
            try:
                return await use(connection)
            finally:
                connection.close()

    return asyncio.run(go())


def a_primary(answer: Callable[[list[str]], Answer]) -> Serve:
    return lambda words: replication() if words[0] == "INFO" else answer(words)


def test_a_write_is_one_native_command_and_says_who_acknowledged_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[str]] = []

    def answer(words: list[str]) -> Answer:
        heard.append(words)
        return 1

    async def use(connection: NodeConnection) -> None:
        connection.epoch = 3
        reply = await connection.write("k1", "t1.client1.0.5")
        assert (reply.outcome, reply.node, reply.epoch, reply.answered) == ("ok", HOST, 3, True)

    with_node(a_primary(answer), use, monkeypatch)
    assert heard == [["RPUSH", "k1", "t1.client1.0.5"]]


def test_a_read_returns_the_newest_value_and_nothing_where_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use(connection: NodeConnection) -> None:
        assert [(await connection.read(key)).value for key in ("full", "empty")] == ["v", ""]

    with_node(a_primary(lambda words: "v" if words[1:] == ["full", "-1"] else None), use, monkeypatch)


def test_many_at_once_each_get_their_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(connection: NodeConnection) -> None:
        replies = await asyncio.gather(*(connection.read(f"k{n}") for n in range(50)))
        assert [reply.value for reply in replies] == [f"k{n}" for n in range(50)]

    with_node(a_primary(lambda words: words[1]), use, monkeypatch)


@pytest.mark.parametrize(
    "error",
    [
        "READONLY You can't write against a read only replica.",
        "NOREPLICAS Not enough good replicas to write.",
        "LOADING Redis is loading the dataset in memory",
        "MISCONF Errors writing to the AOF file",
    ],
)
def test_a_refused_write_has_certainly_failed_and_the_next_goes_another_way(
    error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def use(connection: NodeConnection) -> None:
        reply = await connection.write("k", "v")
        assert (reply.outcome, reply.node, reply.answered) == ("fail", HOST, True)
        assert connection.closed

    with_node(a_primary(lambda words: Refusal(error)), use, monkeypatch)


def test_what_is_outstanding_beside_a_refusal_goes_on_and_what_is_new_goes_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use(connection: NodeConnection) -> None:
        other = asyncio.create_task(connection.read("k"))
        await asyncio.sleep(0)  # it is under way
        # Answered in order: what the node says to the second is taken for the first, which it is silent on.
        second = asyncio.create_task(connection.write("k", "v"))
        assert (await other).outcome == "fail"
        assert connection.closed and not second.done()
        second.cancel()

    def answer(words: list[str]) -> Answer:
        return Refusal("READONLY") if words[0] == "RPUSH" else "silence"

    with_node(a_primary(answer), use, monkeypatch)


def test_what_was_sent_and_not_answered_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(connection: NodeConnection) -> None:
        reply = await connection.write("k", "v")
        assert (reply.outcome, reply.answered) == ("unknown", False)
        assert connection.closed

    with_node(a_primary(lambda words: "hang up"), use, monkeypatch)


def test_what_was_not_sent_has_certainly_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(connection: NodeConnection) -> None:
        await connection.write("k", "v")
        assert (await connection.write("k", "w")).outcome == "fail"

    with_node(a_primary(lambda words: "hang up"), use, monkeypatch)


def test_an_answer_that_nobody_waits_for_any_more_is_not_taken_for_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def late(words: list[str]) -> Answer:
        """The first is answered only together with the second: in order, all the same."""
        asked.append(words[1])
        return "silence" if len(asked) == 1 else words[1]

    async def use(connection: NodeConnection) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.read("first")
        # The node answers once: by order that is the first one's, and the second is still open.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await connection.read("second")

    with_node(a_primary(late), use, monkeypatch)


def test_a_replica_is_no_primary_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def use(connection: NodeConnection) -> None:
        raise AssertionError("it was taken for a primary")

    with pytest.raises(ConnectionError, match="is a replica"):
        with_node(lambda words: replication("slave"), use, monkeypatch)
