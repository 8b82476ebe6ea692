"""A step, begun with a cast: the fault it asks for, on real hosts."""

from __future__ import annotations

from itertools import permutations
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.conductor.steps import begin, text_of, waited_host
from harness.model.drill import (
    ClockStep,
    ControlStep,
    DiskStep,
    HoldStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    WaitStep,
    Window,
)
from harness.model.fault import Clock, Cut, Disk, Kill, Link, Lose, Pause, PowerOff, Slow, Stop
from harness.roles import RoleError
from tests.hosts import HOSTS, cast

AT = Window(1.0, 2.0)
NAMES = [host.name for host in HOSTS]


def partition(*sides: tuple[str, ...], **changes: Any) -> PartitionStep:
    words: dict[str, Any] = {"how": "drop", "direction": "both", "at": AT, "until_s": 3.0}
    return PartitionStep(sides=sides, **{**words, **changes})


def links(step: PartitionStep, primary: str = "n1") -> tuple[Link, ...]:
    fault = begin(step, cast(primary)).fault
    assert isinstance(fault, Cut)
    return fault.links


@pytest.mark.parametrize(("verb", "fault"), [("kill", Kill), ("stop", Stop), ("pause", Pause)])
def test_a_strike_hits_the_host_that_plays_the_part_now(
    verb: Literal["kill", "stop", "pause"], fault: type[Kill | Stop | Pause]
) -> None:
    step = KillStep(verb=verb, victim="primary", scope="host", at=AT, until_s=3.0)
    begun = begin(step, cast("n2"))
    assert begun.fault == fault("n2", "host")
    assert begun.hosts == ("n2",)
    assert begun.text == f"{verb} primary (host)"


def test_a_restart_is_a_stop_and_a_power_cut_takes_every_link_of_the_host() -> None:
    restart = KillStep(verb="restart", victim="primary", scope="process", at=AT, until_s=2.0)
    assert begin(restart, cast("n2")).fault == Stop("n2", "process")
    cut = begin(KillStep(verb="power_off", victim="primary", scope="host", at=AT, until_s=3.0), cast("n2"))
    assert isinstance(cut.fault, PowerOff) and cut.fault.host == "n2"
    assert {(link.source, link.destination) for link in cut.fault.links} == {
        pair for name in NAMES if name != "n2" for pair in (("n2", name), (name, "n2"))
    }
    assert cut.text == "power off primary"


def test_a_partition_cuts_every_pair_across_the_sides_both_ways() -> None:
    both = links(partition(("n1", "w1"), ("n2",)))
    assert set(both) == {Link("n1", "n2"), Link("n2", "n1"), Link("w1", "n2"), Link("n2", "w1")}


@given(st.lists(st.integers(min_value=0, max_value=3), min_size=len(NAMES), max_size=len(NAMES)))
def test_the_links_of_a_partition_are_exactly_the_pairs_across_sides(placed: list[int]) -> None:
    side_of = dict(zip(NAMES, placed, strict=True))
    sides = tuple(tuple(n for n in NAMES if side_of[n] == side) for side in sorted(set(placed)))
    expected = {Link(a, b) for a in NAMES for b in NAMES if side_of[a] != side_of[b]}
    found = links(partition(*sides))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_over_a_bridge_go_the_neighbours_of_the_line() -> None:
    cut = links(partition(("n1", "w1"), ("w2",), ("n2",), shape="bridge"))
    pairs = {("n1", "n2"), ("w1", "n2")}
    assert set(cut) == {Link(*pair) for pair in pairs} | {Link(b, a) for a, b in pairs}


def test_in_a_ring_everybody_reaches_both_neighbours_and_nobody_else() -> None:
    cut = links(partition(("n1",), ("w1",), ("n2",), ("w2",), shape="ring"))
    assert set(cut) == {Link("n1", "n2"), Link("n2", "n1"), Link("w1", "w2"), Link("w2", "w1")}


def test_in_loses_what_travels_towards_the_first_side() -> None:
    assert set(links(partition(("primary",), ("witness/1",), direction="in"))) == {Link("w1", "n1")}


def test_out_loses_what_leaves_the_first_side() -> None:
    assert set(links(partition(("primary",), ("witness/1",), direction="out"))) == {Link("n1", "w1")}


@given(st.sets(st.sampled_from(NAMES), min_size=1, max_size=len(NAMES) - 1))
def test_in_and_out_together_are_both(side: set[str]) -> None:
    sides = (tuple(side), ("rest",))
    one, other = (set(links(partition(*sides, direction=way))) for way in ("in", "out"))
    assert one | other == set(links(partition(*sides)))
    assert not one & other


def test_a_partition_tells_the_hosts_that_were_named_and_not_the_rest() -> None:
    begun = begin(partition(("primary", "client/1"), ("rest",), how="refuse"), cast())
    assert begun.hosts == ("n1", "client1")
    assert begun.text == "partition primary, client/1 | rest (refuse)"
    assert isinstance(begun.fault, Cut)
    assert begun.fault.how == "refuse"


def test_latency_slows_every_link_between_the_sides_both_ways() -> None:
    step = LatencyStep(sides=(("primary",), ("rest",)), delay_s=0.03, jitter_s=0.01, at=AT, until_s=9.0)
    fault = begin(step, cast("n1")).fault
    assert isinstance(fault, Slow)
    assert (fault.delay_s, fault.jitter_s) == (0.03, 0.01)
    others = [name for name in NAMES if name != "n1"]
    assert set(fault.links) == {Link("n1", n) for n in others} | {Link(n, "n1") for n in others}


def test_loss_hits_every_link_between_the_sides_both_ways() -> None:
    step = LossStep(sides=(("n1",), ("n2", "w1")), share=0.05, at=AT, until_s=9.0)
    fault = begin(step, cast("n1")).fault
    assert isinstance(fault, Lose)
    assert fault.share == 0.05
    assert set(fault.links) == {Link(a, b) for a, b in permutations(["n1", "n2", "w1"], 2) if "n1" in (a, b)}


def test_a_disk_and_a_clock_are_those_of_the_host_that_plays_the_part_now() -> None:
    disk = begin(DiskStep(victim="primary", does="fail", at=AT, until_s=3.0), cast("n2"))
    assert (disk.fault, disk.hosts, disk.text) == (Disk("n2", "fail"), ("n2",), "disk of primary (fail)")
    clock = begin(ClockStep(victim="standby", rate=0.5, at=AT, until_s=3.0), cast("n2"))
    assert (clock.fault, clock.hosts) == (Clock("n1", 0.5), ("n1",))


def test_a_control_asks_the_target_on_one_host() -> None:
    begun = begin(ControlStep(action="switchover", to="standby", at=AT), cast("n2"))
    assert (begun.fault, begun.action, begun.hosts) == (None, "switchover", ("n1",))


def test_a_step_that_asks_nothing_cannot_be_begun() -> None:
    with pytest.raises(ValueError, match="asks nothing"):
        begin(HoldStep(duration_s=1.0), cast())


def test_a_role_that_nobody_plays_is_told_and_not_guessed() -> None:
    with pytest.raises(RoleError, match="no primary at this moment"):
        begin(KillStep(verb="kill", victim="primary", scope="process", at=AT, until_s=3.0), cast(""))


def test_a_wait_looks_at_the_victim() -> None:
    step = WaitStep(wait_for="rejoined", host="victim", within_s=20.0)
    assert waited_host(step, cast(victim="n2")) == "n2"
    assert text_of(step) == "wait until victim rejoined, within 20s"


def test_a_wait_without_a_host_looks_at_all() -> None:
    assert waited_host(WaitStep(wait_for="rejoined", within_s=20.0), cast()) == ""


def test_only_data_nodes_rejoin() -> None:
    with pytest.raises(RoleError, match="'witness/1' is w1, which is no data node"):
        waited_host(WaitStep(wait_for="rejoined", host="witness/1", within_s=1.0), cast())
