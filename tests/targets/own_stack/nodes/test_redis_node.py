"""A Redis as a node, played by a stand-in on loopback."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from targets.own_stack.nodes.redis_node import RedisNodes, role_of
from targets.own_stack.setup import Access
from tests.targets.redis_sentinel.servers import Answer, Refusal, serving

KEYS = {"failover-drill:k1": ["1.client1.0.0", "1.client1.0.1"], "failover-drill:k2": ["1.client2.0.0"]}


def a_redis(words: list[str]) -> Answer:
    match words:
        case ["ROLE"]:
            return ["master", 12, []]
        case ["KEYS", "failover-drill:*"]:
            return list(KEYS)
        case ["LRANGE", key, "0", "-1"]:
            return KEYS[key]
        case ["AUTH", *words]:
            return "OK" if words == ["app", "s3cret"] else Refusal("WRONGPASS no such user")
        case _:
            return Refusal("ERR unknown command")


def with_nodes(asked: Any, serve: Any = a_redis, access: Access | None = None) -> Any:
    """What is asked of a node at the stand-in, from a thread as the observer's."""

    async def all_of_it() -> Any:
        async with serving(serve) as listens_at:

            def dial(host: str, port: int) -> socket.socket:
                return socket.create_connection(("127.0.0.1", listens_at))

            return await asyncio.to_thread(asked, RedisNodes(dial, {"a": 6379}, access or Access()))

    return asyncio.run(all_of_it())


@pytest.mark.parametrize(
    ("answer", "role"),
    [
        (["master", 3129659, [["10.0.0.1", "9001", "3129242"]]], "primary"),
        (["slave", "db1", 6379, "connected", 3167038], "standby"),
        (["slave", "db1", 6379, "connect", -1], "starting"),
        (["slave", "db1", 6379, "sync", -1], "starting"),
    ],
)
def test_a_role_is_what_it_says(answer: Any, role: str) -> None:
    assert role_of(answer) == role


@pytest.mark.parametrize("answer", [None, [], "master", ["sentinel", ["m"]], ["slave", "db1"]])
def test_what_is_no_role_is_refused(answer: Any) -> None:
    with pytest.raises(ValueError, match="no answer of a Redis to ROLE"):
        role_of(answer)


def test_a_node_is_asked_for_its_role_and_for_everything() -> None:
    def asked(nodes: RedisNodes) -> tuple[str, list[str]]:
        asking = nodes.open("a")
        try:
            return asking.role(), nodes.values("a")
        finally:
            asking.close()

    assert with_nodes(asked) == ("primary", ["1.client1.0.0", "1.client1.0.1", "1.client2.0.0"])


def test_it_logs_in_as_the_stack_file_says() -> None:
    access = Access(user="app", password="s3cret")
    assert with_nodes(lambda nodes: nodes.open("a").role(), access=access) == "primary"
    with pytest.raises(ValueError, match="no such user"):
        with_nodes(lambda nodes: nodes.open("a"), access=Access(user="app", password="wrong"))


def test_one_that_is_loading_will_answer_and_refuses_nothing() -> None:
    def loading(words: list[str]) -> Answer:
        return Refusal("LOADING Redis is loading the dataset in memory")

    with pytest.raises(ConnectionError, match="loading"):
        with_nodes(lambda nodes: nodes.open("a").role(), loading)
