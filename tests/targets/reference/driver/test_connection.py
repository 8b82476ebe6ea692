"""Who is heard on a peers' port, and who is closed, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from targets.reference.driver import connection, links
from targets.reference.driver.links import Network
from targets.reference.driver.wire import CLIENT_BYTES_MAX, HELLO_BYTES_MAX, Frame, Hello, Ping, Pong, encode
from targets.reference.machines.words.grammar import Received, Send
from targets.reference.machines.words.messages import HandBack, HandBackNoted, Read, Seal, SwitchOver, Write
from tests.targets.reference.driver.sockets import free_port, until
from tests.targets.reference.driver.strangers import TOKEN, Stranger, network, quiet

Play = Callable[[Network, list[Received], int], Awaitable[None]]


@pytest.fixture(autouse=True)
def names_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "address", lambda name: "127.0.0.1")


def recording(say: Callable[..., None], recorded: list[Frame | bytes]) -> Callable[..., None]:
    def said(*frames: Frame | bytes) -> None:
        recorded.extend(frames)
        say(*frames)

    return said


def at_witness(play: Play) -> dict[tuple[str, str], int]:
    """Runs play(w1's network, what its machine heard, its port); what was refused there."""

    async def go() -> dict[tuple[str, str], int]:
        heard, refusals, port = list[Received](), quiet(), free_port()
        host = network("w1", heard, refusals)
        await host.listen("127.0.0.1", port)
        try:
            await play(host, heard, port)
        finally:
            await host.close()
            await asyncio.sleep(0.01)
        return dict(refusals.counts)

    return asyncio.run(go())


def test_who_shows_the_token_is_heard_under_its_name() -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as n1:
            await n1.prove("n1")
            n1.say(HandBack(1, "n1"))
            await until(lambda: bool(heard))
        assert (heard[0].sender, heard[0].message) == ("n1", HandBack(1, "n1"))

    assert at_witness(play) == {}


def test_a_client_needs_no_token_for_what_clients_may_say() -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as client:
            client.say(Hello("client"), Write(1, "k", "v"))
            await until(lambda: bool(heard))
        assert heard[0].message == Write(1, "k", "v")

    assert at_witness(play) == {}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ((Hello("client"), Seal(9)), "not allowed"),
        ((Hello("n1"), HandBack(1, "n1")), "wrong token"),
        ((Hello("client", "", "x" * 64), Write(1, "k", "v")), "wrong token"),
        ((Hello("client"), Hello("client"), Write(1, "k", "v")), "not understood"),
        ((Read(1, "k"), Hello("client")), "not understood"),
        ((Ping(), Hello("client")), "not understood"),
        ((b"\x00\x00\x00\x01\xc1",), "not understood"),
        ((b"GET / HTTP/1.1\r\n\r\n",), "too large"),
        (((HELLO_BYTES_MAX + 1).to_bytes(4, "big"),), "too large"),
        ((Hello("client"), (CLIENT_BYTES_MAX + 1).to_bytes(4, "big")), "too large"),
        ((Hello("n" * 65),), "not understood"),
        ((Hello("client"), b"\x00\x01\x00\x00" + b"\x91" * 65536), "too large"),
        ((Hello("client"), b"\x00\x00\x80\x00" + b"\x91" * 32768), "not understood"),
    ],
)
def test_what_is_out_of_place_closes_the_connection_and_nothing_after_it_is_heard(
    said: tuple[Frame | bytes, ...], reason: str
) -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as stranger:
            stranger.say(*said)
            await stranger.closed()
            await until(lambda: bool(host.closed))
        assert heard == []

    assert at_witness(play) == {("peers", reason): 1}


@pytest.mark.parametrize("token", ["", "another-stacks-token"])
def test_a_wrong_token_gets_nothing_not_even_a_clients_word(token: str) -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as stranger:
            await stranger.prove("n1", token)
            stranger.say(Write(1, "k", "v"))
            assert await stranger.closed() == b""
        assert heard == []

    assert at_witness(play) == {("peers", "wrong token"): 1}


def test_with_the_defect_a_wrong_token_is_as_good_as_the_right_one() -> None:
    async def go() -> list[Received]:
        heard, port = list[Received](), free_port()
        host = Network("n1", heard.append, token=TOKEN, refusals=quiet(), believes_all=True)
        await host.listen("127.0.0.1", port)
        async with Stranger(port) as operator:
            await operator.prove("operator", "another-stacks-token")
            operator.say(SwitchOver(1, "n2"))
            await until(lambda: bool(heard))
        await host.close()
        await asyncio.sleep(0.01)
        return heard

    assert [(one.sender, one.message) for one in asyncio.run(go())] == [("operator", SwitchOver(1, "n2"))]


def test_a_recorded_session_that_is_sent_again_is_a_wrong_token() -> None:
    """What a peer said once, byte for byte, its proof and all: the challenge is another one by now."""

    async def play(host: Network, heard: list[Received], port: int) -> None:
        recorded = list[Frame | bytes]()
        async with Stranger(port) as n1:
            n1.say = recording(n1.say, recorded)  # type: ignore[method-assign]
            await n1.prove("n1")
            n1.say(HandBack(1, "n1"))
            await until(lambda: bool(heard))
        async with Stranger(port) as thief:
            await thief.heard()
            thief.say(*recorded)
            await thief.closed()
        assert len(heard) == 1

    assert at_witness(play) == {("peers", "wrong token"): 1}


def test_who_was_dialled_must_be_who_was_meant() -> None:
    async def go() -> None:
        refusals, port = quiet("n1"), free_port()
        other, node = network("w2"), network("n1", None, refusals)
        await other.listen("127.0.0.1", port)
        node.link("w1", port)
        await until(lambda: bool(refusals.counts))
        assert {*refusals.counts} == {("peers", "another host")}
        await node.close()
        await other.close()
        await asyncio.sleep(0.01)

    asyncio.run(go())


def test_what_was_said_before_the_hello_came_is_sent_after_it() -> None:
    async def go() -> None:
        heard, port = list[Received](), free_port()
        host, node = network("w1", heard), network("n1")
        await host.listen("127.0.0.1", port)
        node.link("w1", port)
        async with asyncio.timeout(5):
            while not heard:
                node.send(Send("w1", HandBack(1, "n1")))
                await asyncio.sleep(0)
        assert heard[0].sender == "n1"
        await node.close()
        await host.close()
        await asyncio.sleep(0.01)

    asyncio.run(go())


def test_a_flood_of_frames_leaves_the_loop_its_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CLIENT_FRAMES_AT_ONCE", 2)

    async def play(host: Network, heard: list[Received], port: int) -> None:
        turns = 0
        async with Stranger(port) as client:
            client.say(Hello("client"), *[Write(number, "k", "v") for number in range(100)])
            while len(heard) < 100:
                before = len(heard)
                await asyncio.sleep(0)
                turns += 1
                assert len(heard) - before <= 2
        assert turns >= 50

    assert at_witness(play) == {}


def test_pings_are_answered_and_change_nothing() -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as client:
            await client.heard()
            client.say(Hello("client"), encode(Ping()) + encode(Ping()))
            assert [await client.heard(), await client.heard()] == [Pong(), Pong()]
        assert heard == []

    assert at_witness(play) == {}


def test_an_answer_that_nobody_asked_for_is_refused_from_a_peer_too() -> None:
    async def play(host: Network, heard: list[Received], port: int) -> None:
        async with Stranger(port) as n1:
            await n1.prove("n1")
            n1.say(HandBackNoted(1, "n1"))
            await n1.closed()
        assert heard == []

    assert at_witness(play) == {("peers", "not allowed"): 1}
