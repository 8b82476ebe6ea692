"""Connections between peers over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from targets.reference.driver import links, wire
from targets.reference.driver.links import Network
from targets.reference.driver.wire import Hello
from targets.reference.machines.words.grammar import Answer, HangUp, Received, Send
from targets.reference.machines.words.messages import HandBack, HandBackNoted, Reply, Write
from tests.targets.reference.driver.sockets import Forwarder, free_port, until
from tests.targets.reference.driver.strangers import Stranger, network


@pytest.fixture(autouse=True)
def names_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "address", lambda name: "127.0.0.1")


def between(play: Callable[[Network, Network, list[Received], list[Received], int], Awaitable[None]]) -> None:
    """Runs play(n1, w1, what n1 got, what w1 got, w1's port); w1 listens."""

    async def go() -> None:
        got: dict[str, list[Received]] = {"n1": [], "w1": []}
        node, witness = network("n1", got["n1"]), network("w1", got["w1"])
        port = free_port()
        await witness.listen("127.0.0.1", port)
        try:
            await play(node, witness, got["n1"], got["w1"], port)
        finally:
            await node.close()
            await witness.close()
            await asyncio.sleep(0.01)

    asyncio.run(go())


async def sent_until_heard(node: Network, heard: list[Received]) -> None:
    """What is sent before there is a connection is lost; so it is said again until it arrives."""
    async with asyncio.timeout(5):
        while not heard:
            node.send(Send("w1", HandBack(1, "n1")))
            await asyncio.sleep(0.005)


def test_an_answer_goes_back_over_the_connection_that_the_message_came_by() -> None:
    async def play(
        node: Network, witness: Network, at_node: list[Received], at_witness: list[Received], port: int
    ) -> None:
        node.link("w1", port)
        await sent_until_heard(node, at_witness)
        assert (at_witness[0].sender, at_witness[0].message) == ("n1", HandBack(1, "n1"))
        witness.answer(Answer(at_witness[0].via, HandBackNoted(1, "n1")))
        await until(lambda: bool(at_node))
        assert (at_node[0].sender, at_node[0].message) == ("w1", HandBackNoted(1, "n1"))

    between(play)


def test_a_connection_that_has_become_a_black_hole_is_made_again() -> None:
    async def play(
        node: Network, witness: Network, at_node: list[Received], at_witness: list[Received], port: int
    ) -> None:
        forwarder = Forwarder(port)
        await forwarder.listen()
        node.link("w1", forwarder.port)
        await sent_until_heard(node, at_witness)
        forwarder.swallow = True
        accepted = forwarder.accepted
        await until(lambda: forwarder.accepted > accepted)
        forwarder.swallow = False
        at_witness.clear()
        await sent_until_heard(node, at_witness)
        await forwarder.close()

    between(play)


def test_a_peer_that_comes_later_is_found() -> None:
    async def go() -> None:
        heard: list[Received] = []
        node, witness, port = network("n1"), network("w1", heard), free_port()
        node.link("w1", port)
        await asyncio.sleep(0.15)
        await witness.listen("127.0.0.1", port)
        await sent_until_heard(node, heard)
        await node.close()
        await witness.close()
        await asyncio.sleep(0.01)

    asyncio.run(go())


def test_a_message_to_oneself_arrives_after_the_present_effects_and_is_answered() -> None:
    async def go() -> list[Received]:
        heard: list[Received] = []
        node = network("n1", heard)
        node.send(Send("n1", HandBack(1, "n1")))
        assert not heard
        await asyncio.sleep(0)
        node.answer(Answer(heard[0].via, HandBackNoted(1, "n1")))
        await asyncio.sleep(0)
        return heard

    assert [one.message for one in asyncio.run(go())] == [HandBack(1, "n1"), HandBackNoted(1, "n1")]


def test_who_is_hung_up_on_hears_the_answer_first() -> None:
    refusal = Reply(1, "fail", "n1", 2, error="not primary")

    async def go() -> None:
        heard, port = list[Received](), free_port()
        node = network("n1", heard)
        await node.listen("127.0.0.1", port)
        async with Stranger(port) as client:
            client.say(Hello("client"), Write(1, "k", "v"))
            await until(lambda: bool(heard))
            node.answer(Answer(heard[0].via, refusal))
            node.hang_up(HangUp(heard[0].via))
            assert isinstance(await client.heard(), Hello) and await client.heard() == refusal
            with pytest.raises(ConnectionError, match="closed"):
                await client.heard()
        await until(lambda: bool(node.closed))
        await node.close()
        assert node.closed == {"hung up": 1}

    asyncio.run(go())


def test_an_answer_to_a_connection_that_is_gone_is_lost_without_a_word() -> None:
    async def go() -> None:
        network("n1").answer(Answer("c999999", HandBackNoted(1, "n1")))

    asyncio.run(go())


def test_an_answer_that_fits_no_frame_ends_the_connection_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "FRAME_BYTES_MAX", 1000)

    async def play(
        node: Network, witness: Network, at_node: list[Received], at_witness: list[Received], port: int
    ) -> None:
        node.link("w1", port)
        await sent_until_heard(node, at_witness)
        via = at_witness[0].via
        witness.answer(Answer(via, Reply(1, "ok", "w1", 1, value="x" * 2000)))
        at_witness.clear()
        async with asyncio.timeout(5):
            while not any(received.via != via for received in at_witness):
                node.send(Send("w1", HandBack(1, "n1")))
                await asyncio.sleep(0.005)

    between(play)
