"""The router in virtual time: checks, sessions, and what the admin port does at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.seams import Kernel, Running, Wire
from harness.worlds.simulator.process import Host, Process
from targets.reference.driver.surroundings import PEER_PORT, ROUTER_ADMIN_PORT
from targets.reference.settings import Settings
from targets.reference.simulated import health
from targets.reference.simulated.router import CutOthers, Done, Move, RouterProgram
from tests.worlds.simulator.kernels import Hearing, Lab, say

SETTINGS = Settings()


class Node:
    """A data node as far as the router sees one. It says its name to whoever connects."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.serves = False
        self.ears: list[Hearing] = []
        self.process = lab.processes[name]
        self._lab, self._name = lab, name
        health.listen(self.process, serving=lambda: self.serves)
        self.process.listen(PEER_PORT, self._accept)

    def _accept(self, wire: Wire) -> Hearing:
        ear = Hearing(self._lab.timeline)
        ear.wire = wire
        self.ears.append(ear)
        wire.send(self._name)
        return ear


class Front:
    """A router with two nodes behind it, n1 serving, checked already."""

    def __init__(self) -> None:
        self.lab = Lab("n1", "n2", "client1")
        self.nodes = {name: Node(self.lab, name) for name in ("n1", "n2")}
        self.nodes["n1"].serves = True
        self.lab.hosts["router"] = Host("router", self.lab.timeline)
        self.router = Process(
            self.lab.hosts["router"], self.lab.timeline, self.lab.network, self.lab.told.append
        )
        self.router.begin(_program)
        self.lab.run(0.25)

    def dial(self, port: int = PEER_PORT) -> Hearing:
        ear = Hearing(self.lab.timeline)
        ear.wire = self.lab.processes["client1"].dial("router", port, ear)
        self.lab.run(0.005)
        return ear

    def order(self, command: object) -> Hearing:
        ear = self.dial(ROUTER_ADMIN_PORT)
        say(ear, command)
        self.lab.run(0.005)
        return ear


def _program(kernel: Kernel) -> Running:
    return RouterProgram(kernel, SETTINGS)


@pytest.fixture
def front() -> Front:
    return Front()


def heard_within(front: Front, what: object, limit_s: float, dial: Callable[[], Hearing]) -> float:
    """How long until a fresh connection hears it first."""
    begun_s = front.lab.timeline.now_s
    while front.lab.timeline.now_s < begun_s + limit_s:
        if what in dial().heard:
            return front.lab.timeline.now_s - begun_s
    raise AssertionError(f"{what} was not heard within {limit_s} s")


def test_only_the_node_that_serves_is_reached(front: Front) -> None:
    assert {tuple(front.dial().heard) for _ in range(6)} == {("made", "n1")}


def test_messages_go_both_ways_in_order_even_those_that_come_early(front: Front) -> None:
    ear = Hearing(front.lab.timeline)
    ear.wire = front.lab.processes["client1"].dial("router", PEER_PORT, ear)
    while not ear.wire.is_open:
        front.lab.run(0.00005)
    say(ear, 1, 2)
    front.lab.run()
    assert front.nodes["n1"].ears[-1].heard == [1, 2]


def test_a_client_is_closed_at_once_when_nobody_serves(front: Front) -> None:
    front.nodes["n1"].serves = False
    front.lab.run(0.35)
    assert front.dial().heard == ["made", "lost"]


def test_a_node_is_out_after_two_misses_and_in_again_after_one_hit(front: Front) -> None:
    front.nodes["n1"].serves = False
    assert 0.1 <= heard_within(front, "lost", 0.3, front.dial) <= 0.21
    front.nodes["n1"].serves = True
    assert heard_within(front, "n1", 0.2, front.dial) <= 0.11


def test_the_checks_overrule_what_was_ordered(front: Front) -> None:
    assert front.order(Move("n2")).heard[-1] == Done()
    assert front.dial().heard == ["made", "n2"]
    front.lab.run(0.3)
    assert front.dial().heard == ["made", "n1"]


def test_sessions_to_others_are_cut_and_those_to_the_primary_stay(front: Front) -> None:
    old = front.dial()
    front.order(Move("n2"))
    new = front.dial()
    front.order(CutOthers("n2"))
    assert old.heard == ["made", "n1", "lost"]
    assert new.heard == ["made", "n2"]
    assert front.nodes["n1"].ears[-1].heard == ["lost"]


def test_a_session_stays_where_it_is_whatever_the_checks_say(front: Front) -> None:
    ear = front.dial()
    front.nodes["n1"].serves = False
    front.lab.run(1.0)
    assert ear.heard == ["made", "n1"]


def test_a_node_that_dies_takes_its_sessions_with_it(front: Front) -> None:
    ear = front.dial()
    front.nodes["n1"].process.kill()
    front.lab.run()
    assert ear.heard == ["made", "n1", "lost"]


def test_a_client_that_goes_is_told_to_the_node(front: Front) -> None:
    ear = front.dial()
    assert ear.wire is not None
    ear.wire.close()
    front.lab.run()
    assert front.nodes["n1"].ears[-1].heard == ["lost"]
