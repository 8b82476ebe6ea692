"""Who has to go when a host is kept waiting, or too many came."""

from __future__ import annotations

import asyncio

import pytest

from targets.reference.driver import doorway, links
from targets.reference.driver.doorway import (
    CLIENT_FRAME_WITHIN_S,
    FRAME_WITHIN_S,
    HELLO_WITHIN_S,
    IDLE_S,
    Doorway,
)
from targets.reference.driver.wire import Hello, Ping, Pong
from tests.targets.reference.driver.sockets import free_port, until
from tests.targets.reference.driver.strangers import Stranger, network, quiet


class Visitor:
    """As much of a connection as a doorway looks at."""

    def __init__(self, *, peer: str = "", proven: bool = False, half_s: float | None = None) -> None:
        self.began_s, self.heard_s, self.half_since_s = 100.0, 100.0, half_s
        self.peer, self.is_proven, self.sent_away = peer, proven, ""

    def abort(self, reason: str) -> None:
        self.sent_away = reason


def swept(visitor: Visitor, after_s: float) -> str:
    door = Doorway()
    door.came(visitor)  # type: ignore[arg-type]
    if visitor.peer:
        door.greeted(visitor)  # type: ignore[arg-type]
    door.sweep(100.0 + after_s)
    return visitor.sent_away


@pytest.mark.parametrize(
    ("visitor", "limit_s", "reason"),
    [
        (Visitor(), HELLO_WITHIN_S, "too slow"),
        (Visitor(peer="client", half_s=100.0), CLIENT_FRAME_WITHIN_S, "too slow"),
        (Visitor(peer="n1", proven=True, half_s=100.0), FRAME_WITHIN_S, "too slow"),
        (Visitor(peer="client"), IDLE_S, "idle"),
    ],
)
def test_each_may_keep_it_waiting_so_long_and_no_longer(
    visitor: Visitor, limit_s: float, reason: str
) -> None:
    assert swept(visitor, limit_s - 0.1) == "" and swept(visitor, limit_s + 0.1) == reason


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("STRANGERS_MAX", {}),
        ("CLIENTS_MAX", {"peer": "client"}),
        ("PROVEN_MAX", {"peer": "n1", "proven": True}),
    ],
)
def test_of_too_many_of_a_kind_the_one_that_was_silent_for_longest_goes_and_no_other_kind(
    limit: str, words: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, limit, 3)
    door = Doorway()
    others = [Visitor(), Visitor(peer="client"), Visitor(peer="w2", proven=True)]
    visitors = [*others, *(Visitor(**words) for _ in range(4))]  # type: ignore[arg-type]
    for number, visitor in enumerate(visitors):
        visitor.heard_s += number
        door.came(visitor)  # type: ignore[arg-type]
        if visitor.peer:
            door.greeted(visitor)  # type: ignore[arg-type]
    kind = (bool(words.get("peer")), bool(words.get("proven")))
    same = [one for one in visitors if (bool(one.peer), one.is_proven) == kind]
    assert [one.sent_away for one in same] == ["too many", "too many", "", "", ""]
    assert not any(one.sent_away for one in visitors if one not in same)


def test_who_left_is_swept_no_more() -> None:
    door, visitor = Doorway(), Visitor()
    door.came(visitor)  # type: ignore[arg-type]
    door.left(visitor)  # type: ignore[arg-type]
    door.sweep(1e9)
    assert visitor.sent_away == ""


def test_half_a_hello_holds_a_place_for_a_moment_and_a_flood_of_them_keeps_no_peer_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doorway, "STRANGERS_MAX", 5)
    monkeypatch.setattr(doorway, "HELLO_WITHIN_S", 0.05)
    monkeypatch.setattr(links, "_SWEEP_EACH_S", 0.02)

    async def go() -> None:
        refusals, port = quiet(), free_port()
        host = network("w1", None, refusals)
        await host.listen("127.0.0.1", port)
        async with Stranger(port) as n1:
            await n1.prove("n1")
            n1.say(Ping())
            assert await n1.heard() == Pong()
            slow = [Stranger(port) for _ in range(8)]
            for one in slow:
                await one.__aenter__()
                one.say(b"\x00\x00\x00")
            for one in slow:
                await one.closed()
                await one.__aexit__(None, None, None)
            await until(lambda: sum(refusals.counts.values()) == 8)
            n1.say(Ping())
            assert await n1.heard() == Pong()
        assert {reason for _, reason in refusals.counts} == {"too many", "too slow"}
        await host.close()
        await asyncio.sleep(0.01)

    asyncio.run(go())


def test_hello_is_what_makes_a_stranger_a_client() -> None:
    async def go() -> None:
        refusals, port = quiet(), free_port()
        host = network("w1", None, refusals)
        await host.listen("127.0.0.1", port)
        async with Stranger(port) as client:
            await client.heard()
            client.say(Hello("client"), Ping())
            assert await client.heard() == Pong()
        await host.close()
        assert refusals.counts == {}
        await asyncio.sleep(0.01)

    asyncio.run(go())
