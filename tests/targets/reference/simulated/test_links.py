"""Links in virtual time: hello first, pings against black holes, made again whenever they fail."""

from __future__ import annotations

import pytest

from targets.reference.machines.words.grammar import Answer, HangUp, Received, Send
from targets.reference.machines.words.messages import Promote
from targets.reference.settings import Settings
from targets.reference.simulated.links import Links
from tests.worlds.simulator.kernels import PORT, Lab

FORTH, BACK = ("a", "b"), ("b", "a")


class Pair:
    """a keeps a link to b."""

    def __init__(self) -> None:
        self.lab = Lab("a", "b")
        self.heard: dict[str, list[Received]] = {"a": [], "b": []}
        self.ends: dict[str, Links] = {}
        for name in ("b", "a"):
            self.begin(name)
        self.lab.run(0.2)

    def begin(self, name: str) -> None:
        self.ends[name] = Links(self.lab.processes[name], self.heard[name].append, Settings())
        if name == "b":
            self.ends["b"].listen(PORT)
        else:
            self.ends["a"].link("b", PORT)

    def send(self, epoch: int) -> None:
        self.ends["a"].send(Send("b", Promote(epoch)))
        self.lab.run(0.005)

    @property
    def epochs(self) -> list[int]:
        return [r.message.epoch for r in self.heard["b"] if isinstance(r.message, Promote)]


@pytest.fixture
def pair() -> Pair:
    return Pair()


def test_a_message_comes_with_the_name_of_its_sender_and_can_be_answered(pair: Pair) -> None:
    pair.send(1)
    (received,) = pair.heard["b"]
    assert (received.sender, received.message) == ("a", Promote(1))
    pair.ends["b"].answer(Answer(received.via, Promote(2)))
    pair.lab.run()
    assert [(r.sender, r.message) for r in pair.heard["a"]] == [("b", Promote(2))]


def test_who_is_hung_up_on_hears_the_answer_first_and_dials_again(pair: Pair) -> None:
    pair.send(1)
    (received,) = pair.heard["b"]
    pair.ends["b"].answer(Answer(received.via, Promote(2)))
    pair.ends["b"].hang_up(HangUp(received.via))
    pair.lab.run(0.01)
    assert [r.message for r in pair.heard["a"]] == [Promote(2)]
    pair.send(3)
    assert pair.epochs == [1], "nobody is there yet"
    pair.lab.run(0.2)
    pair.send(4)
    assert pair.epochs == [1, 4]


def test_what_a_host_sends_to_itself_comes_back_by_itself(pair: Pair) -> None:
    pair.ends["a"].send(Send("a", Promote(3)))
    assert pair.heard["a"] == []
    pair.lab.run()
    assert pair.heard["a"] == [Received("a", Promote(3), "self")]


def test_a_peer_that_comes_back_is_connected_to_again(pair: Pair) -> None:
    pair.lab.processes["b"].kill()
    pair.lab.run(1.0)
    pair.send(1)
    pair.lab.begin("b")
    pair.begin("b")
    pair.lab.run(0.2)
    pair.send(2)
    assert pair.epochs == [2]


def test_a_black_hole_is_noticed_and_the_next_connection_made_once_it_is_gone(pair: Pair) -> None:
    pair.lab.fault({FORTH: "stall", BACK: "stall"})
    pair.lab.run(0.7)
    pair.send(1)
    pair.lab.fault({})
    pair.lab.run(0.7)
    pair.send(2)
    # The first one was sent into a connection that nobody keeps any more, or one that was not yet there.
    assert pair.epochs[-1] == 2


def test_a_quiet_link_stays_open(pair: Pair) -> None:
    (before,) = pair.ends["b"].open
    pair.lab.run(5.0)
    assert [*pair.ends["b"].open] == [before]


def test_it_waits_for_enough_peers_or_for_so_long(pair: Pair) -> None:
    done: list[float] = []
    begun_s = pair.lab.timeline.now_s

    def reached() -> None:
        done.append(pair.lab.timeline.now_s - begun_s)

    pair.ends["a"].reached(["b"], at_least=1, within_s=0.3, then=reached)
    pair.ends["a"].reached(["b"], at_least=2, within_s=0.3, then=reached)
    pair.lab.run(1.0)
    assert done[0] == 0.0
    assert done[1] == pytest.approx(0.3, abs=0.006)
