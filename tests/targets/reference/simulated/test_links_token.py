"""Who is heard in virtual time: as over sockets, the token opens, and a client says what clients say."""

from __future__ import annotations

import pytest

from targets.reference.driver.wire import Hello
from targets.reference.machines.words.grammar import Received
from targets.reference.machines.words.messages import Message, SwitchOver, Vote, Write
from targets.reference.settings import Settings
from targets.reference.simulated.client import NodeConnection
from targets.reference.simulated.links import TOKEN, WRONG_TOKEN, Links
from tests.worlds.simulator.kernels import PORT, Lab

ORDER, DATA = SwitchOver(1, "n2"), Write(1, "k", "v")


def heard(hello: Hello, message: Message, *, believes_all: bool = False) -> list[tuple[str, Message]]:
    """What a node's machine hears of one that says this; what it does not like closes the connection."""
    lab, got = Lab("n1", "x"), list[Received]()
    Links(lab.processes["n1"], got.append, Settings(), believes_all=believes_all).listen(PORT)
    stranger = NodeConnection(lab.processes["x"], "n1", lambda ok: None, PORT)
    stranger._hello = hello
    lab.run(0.1)
    stranger._wire.send(message)
    lab.run(0.1)
    assert stranger.closed is not bool(got)
    return [(received.sender, received.message) for received in got]


def test_an_operator_with_the_token_is_obeyed() -> None:
    assert heard(Hello("operator", "", TOKEN), ORDER) == [("operator", ORDER)]


def test_a_client_writes_without_one() -> None:
    assert heard(Hello("client"), DATA) == [("client", DATA)]


@pytest.mark.parametrize(
    ("hello", "message"),
    [
        (Hello("operator", "", WRONG_TOKEN), ORDER),
        (Hello("operator"), ORDER),
        (Hello("client"), ORDER),
        (Hello("w1"), Vote(1, "n1", "silent")),
        (Hello("client", "", WRONG_TOKEN), DATA),
    ],
)
def test_whoever_else_gets_nothing(hello: Hello, message: Message) -> None:
    assert heard(hello, message) == []


def test_with_the_defect_a_wrong_token_is_as_good_as_the_right_one() -> None:
    assert heard(Hello("operator", "", WRONG_TOKEN), ORDER, believes_all=True) == [("operator", ORDER)]
