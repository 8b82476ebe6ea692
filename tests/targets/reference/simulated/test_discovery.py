"""Clients that ask the witnesses, in virtual time."""

from __future__ import annotations

import pytest

from harness.seams import Reply, Wire
from targets.reference.driver.limits import INQUIRY_LIMIT_S
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.driver.wire import Hello
from targets.reference.machines.words import messages
from targets.reference.machines.words.messages import PrimaryIs, WhoIsPrimary, Write
from targets.reference.simulated.discovery import DiscoveredConnection
from tests.worlds.simulator.kernels import Lab

WITNESSES = ("w1", "w2", "w3")


class Answers:
    """Offers harness.seams.Ear. Greets, and answers questions and writes; silent: nothing after the hello."""

    def __init__(
        self, lab: Lab, name: str, *, epoch: int = 0, primary: str = "", refuses: bool = False
    ) -> None:
        self._answer, self._refuses, self.silent = (epoch, primary), refuses, False
        self._name = name
        port = PEER_PORT if name[0] == "n" else WITNESS_PORT
        lab.processes[name].listen(port, self._accept)

    def _accept(self, wire: Wire) -> Answers:
        wire.send(Hello(self._name))
        return self

    def made(self, wire: Wire) -> None: ...

    def received(self, wire: Wire, message: object) -> None:
        if self.silent:
            return
        match message:
            case WhoIsPrimary(request):
                wire.send(PrimaryIs(request, *self._answer))
            case Write(request):
                wire.send(messages.Reply(request, "fail" if self._refuses else "ok", self._name, 1))

    def lost(self, wire: Wire) -> None: ...


class Asking:
    def __init__(self) -> None:
        self.lab = Lab("n1", "n2", "client", *WITNESSES)
        self.told: list[bool] = []
        self.replies: list[Reply] = []

    def connect(self, within_s: float = 1.0) -> DiscoveredConnection:
        connection = DiscoveredConnection(self.lab.processes["client"], WITNESSES, self.told.append)
        self.lab.run(within_s)
        return connection

    def witnesses(self, *answers: tuple[int, str]) -> list[Answers]:
        return [
            Answers(self.lab, name, epoch=epoch, primary=primary)
            for name, (epoch, primary) in zip(WITNESSES, answers, strict=False)
        ]


@pytest.fixture
def asking() -> Asking:
    return Asking()


def test_a_client_goes_straight_to_whom_the_newest_of_a_majority_names(asking: Asking) -> None:
    asking.witnesses((3, "n1"), (4, "n2"), (4, "n2"))
    Answers(asking.lab, "n1"), Answers(asking.lab, "n2")
    connection = asking.connect()
    connection.operate("write", "k", "v", asking.replies.append)
    asking.lab.run(0.1)
    assert asking.told == [True] and asking.replies[0].node == "n2"


def test_a_lone_word_is_taken_once_the_others_had_their_time(asking: Asking) -> None:
    for silent in asking.witnesses((3, "n1"), (3, "n1"), (3, "n1"))[1:]:
        silent.silent = True
    Answers(asking.lab, "n1")
    asking.connect(INQUIRY_LIMIT_S * 0.9)
    assert asking.told == []
    asking.lab.run(INQUIRY_LIMIT_S)
    assert asking.told == [True]


def test_when_nobody_names_a_primary_the_attempt_has_failed_once(asking: Asking) -> None:
    asking.witnesses((0, ""), (0, ""), (0, ""))
    asking.connect()
    assert asking.told == [False]


def test_a_refusal_makes_the_client_ask_again(asking: Asking) -> None:
    asking.witnesses((3, "n1"), (3, "n1"), (3, "n1"))
    Answers(asking.lab, "n1", refuses=True)
    connection = asking.connect()
    assert not connection.closed
    connection.operate("write", "k", "v", asking.replies.append)
    asking.lab.run(0.1)
    assert asking.replies[0].outcome == "fail" and connection.closed


def test_an_attempt_that_was_given_up_is_not_told(asking: Asking) -> None:
    asking.witnesses((3, "n1"), (3, "n1"), (3, "n1"))
    Answers(asking.lab, "n1")
    DiscoveredConnection(asking.lab.processes["client"], WITNESSES, asking.told.append).close()
    asking.lab.run(1.0)
    assert asking.told == []
