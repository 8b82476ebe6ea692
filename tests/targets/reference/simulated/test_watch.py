"""The observer in virtual time: who can be reached, and what a question to nobody is answered with."""

from __future__ import annotations

import pytest

from harness.model.event import HealthReported, RoleChanged
from targets.reference.settings import Settings
from targets.reference.simulated.entry import Entry
from targets.reference.simulated.watch import SimulatedWatch
from tests.worlds.simulator.kernels import Lab


class Desk:
    def __init__(self) -> None:
        self.lab = Lab("n1", "observer")
        self.entry = Entry(self.lab.processes["n1"])
        self.watch = SimulatedWatch(self.lab.processes["observer"], ["n1"], Settings())
        self.answers: list[object] = []
        self.lab.run(0.1)

    @property
    def ready(self) -> list[bool]:
        return [event.ready for event in self.lab.told if isinstance(event, HealthReported)]

    def says(self, epoch: int) -> None:
        at_s = self.lab.timeline.now_s
        self.entry.tell(RoleChanged(at_s=at_s, host="n1", role="primary", epoch=epoch))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_host_says_what_it_is_when_it_is_reached_and_when_that_changes(desk: Desk) -> None:
    desk.says(1)
    desk.says(1)
    assert desk.ready == [False, True]


def test_a_dead_host_is_told_once_and_again_when_it_is_back(desk: Desk) -> None:
    desk.says(1)
    desk.lab.processes["n1"].kill()
    desk.lab.run(1.0)
    assert desk.ready == [False, True, False]
    Entry(desk.lab.begin("n1"))
    desk.lab.run(0.1)
    assert desk.ready == [False, True, False, False]


def test_a_frozen_host_is_not_told_to_be_gone(desk: Desk) -> None:
    desk.lab.processes["n1"].pause(True)
    desk.lab.run(5.0)
    assert desk.ready == [False]


def test_without_a_primary_nothing_can_be_handed_over(desk: Desk) -> None:
    told: list[tuple[bool, str]] = []
    desk.watch.control("switchover", "n2", lambda ok, detail: told.append((ok, detail)))
    ((ok, detail),) = told
    assert not ok
    assert "no primary is known yet" in detail


def test_a_primary_that_cannot_be_asked_is_named_after_the_limit(desk: Desk) -> None:
    desk.watch.saw(RoleChanged(at_s=0.0, host="n1", role="primary", epoch=1))
    desk.lab.processes["n1"].listen(7000, lambda wire: desk.entry)
    desk.watch.control("switchover", "n2", lambda ok, detail: desk.answers.append(detail))
    desk.lab.run(9.9)
    assert desk.answers == []
    desk.lab.run(0.2)
    assert desk.answers == ["n1 did not answer the switchover in 10 s"]


def test_a_host_that_refuses_cannot_be_read_back(desk: Desk) -> None:
    desk.watch.read_all("n1", "t1", desk.answers.append)
    desk.lab.run(0.1)
    assert desk.answers == ["reading everything back from n1: no answer; is the primary up?"]
