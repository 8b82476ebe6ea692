"""A client's connection to a Redis, played by a stand-in on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from targets.own_stack.load.redis_client import RedisConnection, connect, mark_at
from targets.own_stack.setup import Access
from tests.targets.redis_sentinel.servers import Answer, Refusal, Serve, serving

T = TypeVar("T")


class Redis:
    """As a test scripts it."""

    def __init__(self) -> None:
        self.role, self.run_id = "master", "c0ffee"
        self.lists: dict[str, list[str]] = {}

    def serve(self, words: list[str]) -> Answer:
        match words:
            case ["ROLE"]:
                return (
                    [self.role, 0, []] if self.role == "master" else [self.role, "db1", 6379, "connected", 0]
                )
            case ["INFO", "server"] if self.run_id:
                return f"# Server\r\nredis_version:8.0.2\r\nrun_id:{self.run_id}\r\n"
            case ["RPUSH", key, value] if self.role == "master":
                self.lists.setdefault(key, []).append(value)
                return len(self.lists[key])
            case ["RPUSH", *_]:
                return Refusal("READONLY You can't write against a read only replica.")
            case ["LINDEX", key, "-1"]:
                return self.lists[key][-1] if key in self.lists else None
            case _:
                return Refusal("ERR unknown command")


def connected(act: Callable[[RedisConnection], Awaitable[T]], serve: Serve) -> T:
    async def all_of_it() -> T:
        async with serving(serve) as port:
            connection = await connect("127.0.0.1", port, Access(), node="db1")
            try:
                return await act(connection)
            finally:
                connection.close()

    return asyncio.run(all_of_it())


def test_a_write_appends_and_a_read_takes_the_newest() -> None:
    redis = Redis()

    async def act(connection: RedisConnection) -> None:
        assert (await connection.read("k1")).value == ""
        assert (await connection.write("k1", "v1")).outcome == "ok"
        assert (await connection.write("k1", "v2")).outcome == "ok"
        reply = await connection.read("k1")
        assert (reply.outcome, reply.value, reply.node, reply.epoch) == ("ok", "v2", "db1", 0)

    connected(act, redis.serve)
    assert redis.lists == {"failover-drill:k1": ["v1", "v2"]}


def test_a_read_that_a_replica_answers_is_no_answer() -> None:
    redis = Redis()

    async def act(connection: RedisConnection) -> None:
        await connection.write("k1", "v1")
        redis.role = "slave"
        reply = await connection.read("k1")
        assert (reply.outcome, reply.error, reply.value) == ("fail", "it became a replica", "")
        assert connection.closed

    connected(act, redis.serve)


def test_a_refused_write_was_certainly_not_applied() -> None:
    redis = Redis()

    async def act(connection: RedisConnection) -> None:
        redis.role = "slave"
        reply = await connection.write("k1", "v1")
        assert (reply.outcome, reply.node) == ("fail", "db1")
        assert "read only replica" in reply.error

    connected(act, redis.serve)


def test_what_was_sent_without_an_answer_is_unknown() -> None:
    def serve(words: list[str]) -> Answer:
        return ["master", 0, []] if words == ["ROLE"] else "hang up"

    async def act(connection: RedisConnection) -> None:
        reply = await connection.write("k1", "v1")
        assert (reply.outcome, reply.answered) == ("unknown", False)
        assert (await connection.write("k1", "v2")).outcome == "fail"

    connected(act, serve)


def test_a_replica_takes_no_client() -> None:
    redis = Redis()
    redis.role = "slave"
    with pytest.raises(ConnectionError, match="is a replica"):
        connected(lambda connection: connection.read("k1"), redis.serve)


def test_its_mark_is_the_id_of_its_run_if_it_may_say_so() -> None:
    redis = Redis()

    async def act(connection: RedisConnection) -> tuple[str, str]:
        before = await connection.mark()
        redis.run_id = ""
        return before, await connection.mark()

    assert connected(act, redis.serve) == ("c0ffee", "")


def test_a_replica_has_a_mark_too() -> None:
    redis = Redis()
    redis.role = "slave"

    async def act() -> str:
        async with serving(redis.serve) as port:
            return await mark_at("127.0.0.1", port, Access())

    assert asyncio.run(act()) == "c0ffee"
