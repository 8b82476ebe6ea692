"""Whom a client finds that asks every node."""

from __future__ import annotations

import asyncio

import pytest

from harness.workloads.connector import Connection, Reply
from targets.own_stack.load.connector import first_of


class Opened:
    def __init__(self, host: str) -> None:
        self.host, self.closed = host, False

    async def write(self, key: str, value: str) -> Reply:
        return Reply(outcome="ok")

    async def read(self, key: str) -> Reply:
        return Reply(outcome="ok")

    def close(self) -> None:
        self.closed = True


class Nodes:
    """Each opens after so long; infinity is a black hole, a negative number a refusal."""

    def __init__(self, **after_s: float) -> None:
        self.after_s = after_s
        self.made: list[Opened] = []

    async def open(self, host: str) -> Connection:
        if self.after_s[host] < 0:
            raise ConnectionError(f"{host} is a replica")
        await asyncio.sleep(min(self.after_s[host], 60.0))
        self.made.append(Opened(host))
        return self.made[-1]

    async def found(self) -> Opened:
        connection = await first_of(tuple(self.after_s), self.open, limit_s=0.2)
        await asyncio.sleep(0)
        assert isinstance(connection, Opened)
        return connection


def test_a_silent_node_is_not_waited_for() -> None:
    async def act() -> None:
        assert (await Nodes(a=float("inf"), b=0.0).found()).host == "b"

    asyncio.run(act())


def test_of_two_that_say_so_one_is_taken_and_the_other_closed() -> None:
    async def act() -> None:
        nodes = Nodes(a=0.0, b=0.0)
        taken = await nodes.found()
        assert [made.closed for made in nodes.made if made is not taken] == [True]
        assert not taken.closed

    asyncio.run(act())


def test_where_nobody_says_so_nothing_was_sent() -> None:
    async def act() -> None:
        with pytest.raises(ConnectionError, match="no node says that it is the primary"):
            await Nodes(a=-1.0, b=-1.0).found()
        with pytest.raises(TimeoutError):
            await Nodes(a=float("inf"), b=-1.0).found()

    asyncio.run(act())
