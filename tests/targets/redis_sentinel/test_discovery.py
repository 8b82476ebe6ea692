"""A client program asks the Sentinels: the newest epoch wins, whoever is silent is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TypeVar

import pytest

from targets.redis_sentinel import client, connector, discovery
from targets.redis_sentinel.discovery import Inquirer
from tests.targets.redis_sentinel.said import names
from tests.targets.redis_sentinel.servers import Answer, Serve, a_sentinel, replication, serving

T = TypeVar("T")
# Every Sentinel at an address of its own: they share a port.
ADDRESSES = ("127.0.0.11", "127.0.0.12", "127.0.0.13")
NODE = "127.0.0.1"


def silent(words: list[str]) -> Answer:
    return "silence"


def with_sentinels(
    sentinels: Sequence[Serve], use: Callable[[Inquirer], Awaitable[T]], monkeypatch: pytest.MonkeyPatch
) -> T:
    async def go() -> T:
        async with AsyncExitStack() as stack:
            port = 0
            for address, serve in zip(ADDRESSES, sentinels, strict=True):
                port = await stack.enter_async_context(serving(serve, host=address, port=port))
            monkeypatch.setattr(discovery, "SENTINEL_PORT", port)
            inquirer = Inquirer(ADDRESSES)
            monkeypatch.setattr(connector, "inquirer", lambda: inquirer)
            return await use(inquirer)

    return asyncio.run(go())


async def primary(inquirer: Inquirer) -> str:
    named = await inquirer.newest()
    return named.primary if named else ""


def test_the_primary_is_whom_they_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_sentinels([a_sentinel("r1", 0)] * 3, primary, monkeypatch) == "r1"


def test_of_two_answers_the_newest_epoch_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    """One was cut off and names the old primary; one does not answer at all."""
    sentinels = [a_sentinel("r1", 0), a_sentinel("r2", 1), silent]
    assert with_sentinels(sentinels, primary, monkeypatch) == "r2"


def test_one_that_answers_is_enough_for_a_client_that_reaches_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert with_sentinels([a_sentinel("r1", 0), silent, silent], primary, monkeypatch) == "r1"


def test_where_none_answers_in_time_there_is_no_primary(monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_sentinels([silent] * 3, primary, monkeypatch) == ""


def test_all_that_ask_at_once_share_one_inquiry(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def counting(words: list[str]) -> Answer:
        asked.append(words)
        return a_sentinel("r1", 0)(words)

    async def many(inquirer: Inquirer) -> list[str]:
        return [*await asyncio.gather(*(primary(inquirer) for _ in range(20)))]

    assert with_sentinels([counting] * 3, many, monkeypatch) == ["r1"] * 20
    assert len(asked) <= 6


def connected(
    sentinels: Sequence[Serve], node: Serve, monkeypatch: pytest.MonkeyPatch, *, address: str = "discovery:s1"
) -> int:
    """The epoch of a connection that the connector makes."""

    async def use(inquirer: Inquirer) -> int:
        async with serving(node) as port:
            monkeypatch.setattr(client, "REDIS_PORT", port)
            connection = await connector.connect(address)
            reply = await connection.read("k")
            connection.close()
            return reply.epoch

    return with_sentinels(sentinels, use, monkeypatch)


def a_primary(words: list[str]) -> Answer:
    return replication() if words[0] == "INFO" else None


def test_a_connection_bears_the_epoch_of_the_reign_that_it_writes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connected([a_sentinel(NODE, 4)] * 3, a_primary, monkeypatch) == 5


def test_a_node_that_no_sentinel_names_serves_in_an_unknown_reign(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connected([a_sentinel("r9", 4)] * 3, a_primary, monkeypatch, address=NODE) == 0


def test_without_a_sentinel_there_is_nobody_to_connect_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="names a primary"):
        connected([silent] * 3, a_primary, monkeypatch)


def test_what_led_to_a_node_is_not_taken_back_by_a_majority_that_is_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The node was primary before, and is promoted anew: its old epoch would make it an old primary."""

    async def use(inquirer: Inquirer) -> list[int]:
        async with serving(a_primary) as port:
            monkeypatch.setattr(client, "REDIS_PORT", port)
            epochs = []
            for by in (names(NODE, 1), names(NODE, 5), None):
                connection = await client.connect(NODE)
                await inquirer.learn_epoch(connection, by)
                epochs.append(connection.epoch)
                connection.close()
            return epochs

    assert with_sentinels([a_sentinel("r2", 1)] * 3, use, monkeypatch) == [1, 5, 5]
