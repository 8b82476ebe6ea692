"""Faults that somebody else ends before their time: told at their own end, and healed all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from harness.model.errors import WorldError
from harness.model.fault import Crash, Cut, Fault, Impair, Kill, Link, Pause, Slow, Stop
from harness.model.impairment import Bandwidth
from harness.model.moment import Moment
from harness.worlds.faults import meshlinks
from tests.worlds.faultdoubles import Surroundings, surrounded

N1_N2 = (Link("n1", "n2"), Link("n2", "n1"))
Meddles = Callable[[Surroundings], None]


@pytest.fixture
def it(monkeypatch: pytest.MonkeyPatch) -> Iterator[Surroundings]:
    # Nothing is under way in memory.
    monkeypatch.setattr(meshlinks, "_UNDER_WAY_S", 0.0)
    monkeypatch.setattr(meshlinks, "_WINDOW_S", 0.0)
    with surrounded() as made:
        yield made


def toxics_removed(it: Surroundings) -> None:
    it.toxiproxy.proxies["n1-n2-7000"]["toxics"] = []


def enabled(it: Surroundings) -> None:
    it.toxiproxy.proxies["n1-n2-7000"]["enabled"] = True


def packets_pass(it: Surroundings) -> None:
    it.resident.lost_addresses = ()


def child_started(it: Surroundings) -> None:
    it.hosts.children["n1"] = 199


def main_started(it: Surroundings) -> None:
    it.hosts.mains["r"] = 399


def continued(it: Surroundings) -> None:
    it.hosts.states[101] = "SS"


def thawed(it: Surroundings) -> None:
    it.hosts.frozen.clear()


ENDED_BY_OTHERS: list[tuple[Fault, Meddles, str]] = [
    (Cut(N1_N2, "drop"), toxics_removed, "1 of 2 links do not stand as they should"),
    (Cut(N1_N2, "stall"), toxics_removed, "1 of 2 links do not stand as they should"),
    (Slow(N1_N2, 0.1, 0.0), toxics_removed, "1 of 2 links do not stand as they should"),
    (Impair(N1_N2, Bandwidth(10)), toxics_removed, "1 of 2 links do not stand as they should"),
    (Cut(N1_N2, "refuse"), enabled, "1 of 2 links do not stand as they should"),
    (Cut(N1_N2, "loss"), packets_pass, "packets vanish at no address"),
    (Kill("n1", "host"), enabled, "1 of 6 links do not stand as they should"),
    (Kill("n1", "process"), child_started, "n1 runs, and nobody here has started it"),
    (Kill("r", "host"), main_started, "r runs, and nobody here has started it"),
    (Stop("r", "process"), main_started, "r runs, and nobody here has started it"),
    (Pause("n1", "process"), continued, "the threads of process 101 are SS: they go on"),
    (Pause("n1", "host"), thawed, "the cgroup of process 100 is not as wanted"),
]


@pytest.mark.parametrize(("fault", "meddle", "why"), ENDED_BY_OTHERS, ids=str)
def test_a_fault_that_somebody_else_ended_says_so_and_leaves_nothing(
    it: Surroundings, fault: Fault, meddle: Meddles, why: str
) -> None:
    it.injection.inject("f", fault)
    meddle(it)
    assert it.injection.heal("f").lapsed.startswith(why)
    assert it.whole()


@pytest.mark.parametrize("fault", [fault for fault, _, _ in ENDED_BY_OTHERS], ids=str)
def test_a_fault_that_lasts_until_its_end_has_not_lapsed(it: Surroundings, fault: Fault) -> None:
    it.injection.inject("f", fault)
    assert it.injection.heal("f").lapsed == ""


def test_what_an_overlapping_fault_does_is_no_lapse(it: Surroundings) -> None:
    it.injection.inject("drop", Cut(N1_N2, "drop"))
    it.injection.inject("refuse", Cut(N1_N2, "refuse"))
    it.injection.inject("dead", Kill("n1", "host"))
    assert [it.injection.heal(name).lapsed for name in ("drop", "dead", "refuse")] == ["", "", ""]


def test_a_paused_process_that_has_ended_has_not_gone_on(it: Surroundings) -> None:
    it.injection.inject("f", Pause("n1", "process"))
    it.hosts.end(101)
    assert it.injection.heal("f").lapsed == ""


def test_who_died_at_its_point_and_was_started_by_others_has_lapsed(it: Surroundings) -> None:
    crash = Crash(Moment(act="sends", what="Seal", hosts=("n1",), nth=1), "before")
    it.injection.lie_in_wait("f", crash)
    it.hosts.end(101)
    it.injection.crashed("f", "n1", 1.0)
    child_started(it)
    assert it.injection.heal("f").lapsed == "n1 runs, and nobody here has started it"


def test_a_look_that_fails_is_no_proof_that_it_lasted(
    it: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(main_pid: int) -> tuple[int, ...]:
        raise WorldError("nobody answers")

    it.injection.inject("f", Kill("n1", "process"))
    monkeypatch.setattr(it.resident, "living_children", broken)
    assert it.injection.heal("f").lapsed == "whether it still was cannot be told: nobody answers"
