"""Short visits to a port over real sockets: HTTP for checks, metrics and the fence device."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from targets.reference.driver.visits import RefusedError, Visits
from tests.targets.reference.driver.sockets import free_port, until
from tests.targets.reference.driver.strangers import Stranger, quiet

_LIMIT = 64


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    line = await reader.readuntil(b"\n")
    if line == b"bad\n":
        raise RefusedError("wrong token")
    if line == b"odd\n":
        raise ValueError(line)
    writer.write(line)


def visited(
    play: Callable[[int], Awaitable[None]], *, at_most: int = 9, within_s: float = 5.0
) -> dict[tuple[str, str], int]:
    """What was refused."""

    async def go() -> dict[tuple[str, str], int]:
        refusals, port = quiet(), free_port()
        visits = Visits("health", _echo, refusals, at_most=at_most, within_s=within_s)
        server = await visits.listen("127.0.0.1", port, limit=_LIMIT)
        await play(port)
        await until(lambda: not visits.present)
        server.close()
        await asyncio.sleep(0.01)
        return dict(refusals.counts)

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("said", "answer", "refused"),
    [
        (b"hello\n", b"hello\n", {}),
        (b"bad\n", b"", {("health", "wrong token"): 1}),
        (b"odd\n", b"", {("health", "not understood"): 1}),
        (b"x" * 1000, b"", {("health", "too large"): 1}),
    ],
)
def test_a_question_is_answered_or_refused_and_counted(
    said: bytes, answer: bytes, refused: dict[tuple[str, str], int]
) -> None:
    async def play(port: int) -> None:
        async with Stranger(port) as visitor:
            visitor.say(said)
            assert await visitor.closed() == answer

    assert visited(play) == refused


def test_who_comes_and_goes_without_a_word_is_no_garbage() -> None:
    async def play(port: int) -> None:
        async with Stranger(port):
            pass

    assert visited(play) == {}


def test_half_a_question_is_waited_for_so_long_and_no_longer() -> None:
    async def play(port: int) -> None:
        async with Stranger(port) as visitor:
            visitor.say(b"hel")
            assert await visitor.closed() == b""

    assert visited(play, within_s=0.05) == {("health", "too slow"): 1}


def test_the_oldest_of_too_many_gives_way_so_a_check_gets_in() -> None:
    async def play(port: int) -> None:
        waiting = [Stranger(port) for _ in range(3)]
        for one in waiting:
            await one.__aenter__()
        async with Stranger(port) as check:
            assert await waiting[0].closed() == b""
            check.say(b"well?\n")
            assert await check.closed() == b"well?\n"
        for one in waiting:
            await one.__aexit__(None, None, None)

    assert visited(play, at_most=3) == {("health", "too many"): 1}
