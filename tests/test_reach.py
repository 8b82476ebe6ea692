"""Whom a set of faults cuts off from whom."""

from __future__ import annotations

import pytest

from harness.model.fault import Clock, Crash, Cut, Disk, Fault, Impair, Kill, Link, Lose, Pause, Slow, Stop
from harness.model.impairment import Bandwidth, Reset
from harness.model.moment import Moment
from harness.model.plan import HostPlan, HostRole
from harness.reach import Hosts, cut_peers, disturbs, silenced, victim, without_arbiters

# In force: it struck n1.
DEAD = Crash(Moment(act="sends", what="Seal", hosts=("n1",)), "before", "n1")


def hosts(witnesses: int = 3, data: int = 2) -> Hosts:
    named: list[tuple[str, HostRole]] = [(f"n{n}", "data") for n in range(1, data + 1)]
    named += [(f"w{n}", "witness") for n in range(1, witnesses + 1)]
    named += [("router", "router"), ("client1", "client")]
    return Hosts.of([HostPlan(name=name, role=role) for name, role in named])


THREE = hosts()


def cut(host: str, *peers: str) -> Cut:
    return Cut(tuple(Link(host, peer) for peer in peers), "drop")


def test_who_is_reset_at_every_first_byte_is_as_good_as_cut_off() -> None:
    links = (Link("n1", "n2"), Link("n2", "n1"))
    assert cut_peers("n1", [Impair(links, Reset())]) == {"n2"}
    assert cut_peers("n1", [Impair(links, Bandwidth(1))]) == frozenset()


def test_hosts_are_sorted_by_what_they_are_for() -> None:
    assert (THREE.data, THREE.witnesses) == (("n1", "n2"), ("w1", "w2", "w3"))
    assert (THREE.routers, THREE.clients) == (("router",), ("client1",))
    assert len(THREE.all) == 7


@pytest.mark.parametrize("fault", [Kill("n1", "process"), Stop("n1", "host"), Pause("n1", "host"), DEAD])
def test_a_process_fault_silences_its_host(fault: Fault) -> None:
    assert silenced(fault) == "n1"


def test_a_fault_of_links_silences_nobody() -> None:
    assert silenced(cut("n1", "n2")) == silenced(Slow((Link("n1", "n2"),), 1.0, 0.0)) == ""


def test_a_disk_takes_its_host_out_and_is_aimed_at_it() -> None:
    fault = Disk("n1", "stall")
    assert silenced(fault) == "n1"
    assert disturbs(fault, "n1", THREE) and not disturbs(fault, "n2", THREE)
    assert victim(fault, THREE, primary="n2") == "n1"
    assert victim(Disk("w1", "lose"), THREE, primary="n2") == ""


def test_a_clock_is_aimed_at_its_host_and_takes_nobody_out() -> None:
    fault = Clock("n1", 2.0)
    assert silenced(fault) == ""
    assert not disturbs(fault, "n1", THREE)
    assert victim(fault, THREE, primary="n2") == "n1"
    assert victim(Clock("w1", 2.0), THREE, primary="n2") == ""


def test_a_lossy_link_cuts_nobody_off() -> None:
    fault = Lose((Link("n1", "n2"), Link("n2", "n1")), 0.5)
    assert (silenced(fault), cut_peers("n1", [fault])) == ("", frozenset())
    assert not disturbs(fault, "n1", THREE)


def test_one_lost_direction_ends_the_conversation() -> None:
    assert cut_peers("n1", [cut("n1", "n2"), cut("w1", "n1")]) == {"n2", "w1"}
    assert cut_peers("n2", [cut("n1", "n2")]) == {"n1"}


def test_a_slow_link_cuts_nobody_off() -> None:
    assert cut_peers("n1", [Slow((Link("n1", "n2"),), 60.0, 0.0)]) == frozenset()


@pytest.mark.parametrize(
    ("witnesses", "lost", "without"),
    [(1, 1, True), (3, 1, False), (3, 2, True), (4, 1, False), (4, 2, True), (5, 2, False), (5, 3, True)],
)
def test_a_majority_of_the_witnesses_must_be_reached(witnesses: int, lost: int, without: bool) -> None:
    """Half of four is no majority."""
    gone = cut("n1", *(f"w{n}" for n in range(1, lost + 1)))
    assert without_arbiters("n1", [gone], hosts(witnesses)) == without


@pytest.mark.parametrize(
    ("data", "lost", "without"), [(2, 1, True), (3, 1, False), (3, 2, True), (4, 2, True), (5, 2, False)]
)
def test_without_witnesses_the_data_nodes_arbitrate_and_one_counts_itself(
    data: int, lost: int, without: bool
) -> None:
    gone = cut("n1", *(f"n{n}" for n in range(2, lost + 2)))
    assert without_arbiters("n1", [gone], hosts(0, data)) == without


def test_witnesses_that_are_silenced_count_as_lost() -> None:
    assert without_arbiters("n1", [Kill("w1", "host"), cut("n1", "w2")], THREE)
    assert not without_arbiters("n1", [Kill("w1", "host"), cut("n1", "w1")], THREE)


def test_a_system_of_one_has_nobody_to_lose() -> None:
    assert not without_arbiters("n1", [], hosts(0, 1))
    assert not without_arbiters("n1", [], hosts(0, 0))


def test_a_host_is_disturbed_by_what_silences_it_or_parts_it_from_data_or_majority() -> None:
    assert disturbs(Pause("n1", "process"), "n1", THREE)
    assert disturbs(cut("n1", "n2"), "n1", THREE)
    assert disturbs(cut("n1", "w1", "w2"), "n1", THREE)


def test_it_is_not_by_the_loss_of_others_or_of_a_few() -> None:
    assert not disturbs(Pause("n2", "process"), "n1", THREE)
    assert not disturbs(cut("n1", "w1", "router", "client1"), "n1", THREE)
    assert not disturbs(Slow((Link("n1", "n2"),), 1.0, 0.0), "n1", THREE)


def test_the_victim_of_a_process_fault_is_its_data_node() -> None:
    assert victim(Kill("n2", "process"), THREE, primary="n1") == "n2"
    assert victim(Kill("w1", "host"), THREE, primary="n1") == ""


def test_the_victim_of_a_cut_is_the_primary_when_that_loses_its_arbiters() -> None:
    assert victim(cut("n1", "w1", "w2"), THREE, primary="n1") == "n1"


def test_else_the_data_node_that_loses_most() -> None:
    assert victim(cut("n2", "n1", "w1", "w2"), THREE, primary="n1") == "n2"
    assert victim(cut("router", "n1"), THREE, primary="n1") == ""
