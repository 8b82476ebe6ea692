"""Port 7100: who has not shown the token is told nothing, and orders nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from harness.workloads import challenge, lines, served
from targets.reference.driver.entry import Entry
from targets.reference.orders import Order, StartOrder
from tests.targets.reference.driver.sockets import free_port, until
from tests.targets.reference.driver.strangers import TOKEN, Stranger, quiet

ORDER = lines.encode(lines.Ask("s", 1, msgspec.Raw(msgspec.json.encode(StartOrder()))))
ATTACH = lines.encode(lines.Attach("", 0))


def at_entry(
    play: Callable[[int], Awaitable[None]],
) -> tuple[list[Order], dict[tuple[str, str], int]]:
    """What was ordered, and what refused."""

    async def go() -> tuple[list[Order], dict[tuple[str, str], int]]:
        orders, refusals, port = list[Order](), quiet(), free_port()

        async def ordered(order: Order) -> tuple[bool, str]:
            orders.append(order)
            return True, "done"

        entry = Entry("w1", ordered=ordered, token=TOKEN, refusals=refusals)
        await entry.listen("127.0.0.1", port)
        await play(port)
        await until(lambda: not entry._server._serving)
        await entry._server.close()
        return orders, dict(refusals.counts)

    return asyncio.run(go())


async def shown(stranger: Stranger, token: str) -> bytes:
    line = lines.from_host(await stranger._reader.readline())
    assert isinstance(line, lines.Challenge)
    return lines.encode(lines.Show(challenge.answer(token, line.challenge, lines.OBSERVER)))


def test_who_shows_the_token_orders_and_is_told() -> None:
    async def play(port: int) -> None:
        async with Stranger(port) as observer:
            observer.say(await shown(observer, TOKEN) + ATTACH + ORDER)
            opening = lines.from_host(await observer._reader.readline())
            answer = lines.from_host(await observer._reader.readline())
            assert isinstance(opening, lines.Opening)
            assert answer == lines.Answer("s", 1, True, "done")

    assert at_entry(play) == ([StartOrder()], {})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (ORDER, "wrong token"),
        (ATTACH, "wrong token"),
        (lines.encode(lines.Show("")) + ORDER, "wrong token"),
        (b"\x00\xff garbage\n" + ORDER, "not understood"),
        (b"[" * 100_000 + b"\n" + ORDER, "not understood"),
        (b"x" * (lines.LINE_BYTES_MAX * 3), "not understood"),
    ],
)
def test_who_does_not_is_closed_and_counted_and_nothing_happens(said: bytes, reason: str) -> None:
    async def play(port: int) -> None:
        async with Stranger(port) as stranger:
            await stranger._reader.readline()
            stranger.say(said)
            assert await stranger.closed() == b""

    assert at_entry(play) == ([], {("entry", reason): 1})


def test_a_recorded_session_that_is_sent_again_orders_nothing() -> None:
    async def play(port: int) -> None:
        async with Stranger(port) as observer:
            recorded = await shown(observer, TOKEN) + ORDER
            observer.say(recorded)
            await observer._reader.readline()
        async with Stranger(port) as thief:
            await thief._reader.readline()
            thief.say(recorded)
            assert await thief.closed() == b""

    assert at_entry(play) == ([StartOrder()], {("entry", "wrong token"): 1})


def test_half_a_line_holds_a_place_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "FIRST_LINE_WITHIN_S", 0.05)

    async def play(port: int) -> None:
        async with Stranger(port) as stranger:
            stranger.say(b'{"type"')
            await stranger.closed()

    assert at_entry(play) == ([], {("entry", "too slow"): 1})


def test_of_too_many_strangers_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "STRANGERS_MAX", 1)

    async def play(port: int) -> None:
        async with Stranger(port) as silent:
            await silent._reader.readline()
            async with Stranger(port) as observer:
                observer.say(await shown(observer, TOKEN) + ATTACH)
                assert isinstance(lines.from_host(await observer._reader.readline()), lines.Opening)
                assert await silent.closed() == b""

    assert at_entry(play) == ([], {("entry", "too many"): 1})
