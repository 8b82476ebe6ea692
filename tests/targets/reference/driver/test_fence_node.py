"""The device and a witness's way to it over real sockets; the switches are a double."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from targets.reference.driver import fence, fence_node
from targets.reference.driver.fence import Fence
from targets.reference.driver.fence_node import FenceHost, Rail
from targets.reference.driver.surroundings import Surroundings
from targets.reference.machines.words.grammar import AskPower, PowerAnswered, PowerOrder
from targets.reference.settings import Settings
from tests.targets.reference.driver.sockets import free_port

Go = Callable[[], Awaitable[None]]


class Board:
    """n1's switch, over a rail. asked: what came by it. answers: nothing where it is dead."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answer: bytes = b'{"state": "Off"}\n'
        self.port, self.device_port = free_port(), free_port()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(json.loads(await reader.readline()))
        writer.write(self.answer)
        writer.close()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Board:
    board = Board()
    monkeypatch.setenv("FAILOVER_DRILL_FENCE_TOKEN", "t0ken")
    monkeypatch.setenv("FAILOVER_DRILL_ADDRESSES", '{"fence": "127.0.0.1"}')
    monkeypatch.setattr(fence, "address", lambda name: "127.0.0.1")
    for module in (fence, fence_node):
        monkeypatch.setattr(module, "FENCE_PORT", board.device_port)
    return board


def ask(
    board: Board, order: PowerOrder, *, settings: Settings | None = None, device: bool = True
) -> PowerAnswered:
    """Over a device that is there, or not."""

    async def go() -> PowerAnswered:
        where = Surroundings(
            host="fence", bind="127.0.0.1", folder=Path(), settings=Settings(), defects=frozenset()
        )
        rail = await asyncio.start_server(board.serve, "127.0.0.1", board.port)
        host = FenceHost(where, Rail(f"127.0.0.1:{board.port}", "rail"), "t0ken")
        server = await host.begin() if device else None
        answers: asyncio.Queue[PowerAnswered] = asyncio.Queue()
        Fence(settings or Settings(), answers.put_nowait).ask(AskPower(7, "n1", order))
        try:
            async with asyncio.timeout(5):
                return await answers.get()
        finally:
            for one in (rail, server):
                if one is not None:
                    one.close()

    return asyncio.run(go())


def test_an_order_reaches_the_switch_and_its_state_comes_back(board: Board) -> None:
    assert ask(board, "ForceOff") == PowerAnswered(7, "n1", "PoweringOff")
    assert ask(board, "read") == PowerAnswered(7, "n1", "Off")
    assert [(said["host"], said["order"], said["token"]) for said in board.asked] == [
        ("n1", "ForceOff", "rail"),
        ("n1", "read", "rail"),
    ]


def test_with_a_wrong_token_nothing_reaches_the_switch(board: Board) -> None:
    answer = ask(board, "ForceOff", settings=Settings(fence_token="wrong"))
    assert answer == PowerAnswered(7, "n1", "unknown", "it does not know our token") and not board.asked


def test_a_device_that_is_not_there_is_an_answer_too(board: Board) -> None:
    answer = ask(board, "ForceOff", device=False)
    assert answer.state == "unknown" and "cannot be reached" in answer.detail


@pytest.mark.parametrize("said", [b"", b"nonsense\n", b'{"error": "no"}\n', b'{"state": "half"}\n'])
def test_a_switch_that_says_nothing_sensible_is_not_off(board: Board, said: bytes) -> None:
    board.answer = said
    assert ask(board, "read").state == "unknown" and ask(board, "ForceOff").state == "unknown"


def test_garbage_closes_the_connection_and_nothing_else_happens(board: Board) -> None:
    async def go() -> bytes:
        where = Surroundings(
            host="fence", bind="127.0.0.1", folder=Path(), settings=Settings(), defects=frozenset()
        )
        server = await FenceHost(where, Rail("", ""), "t0ken").begin()
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", board.device_port)
            writer.write(b"\x00\xff" * 100 + b"\r\n\r\n")
            said = await reader.read()
        writer.close()
        server.close()
        return said

    assert asyncio.run(go()) == b"" and not board.asked
