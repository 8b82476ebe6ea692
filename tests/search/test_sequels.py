"""Faults that belong together come together, and in their order."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from msgspec import structs

from harness.model.drill import ControlStep, DiskStep, KillStep, LatencyStep, PartitionStep, Step
from harness.planner.offers import needed_fault
from harness.reach import Hosts
from harness.search.sequels import FAULTS_MAX, DrawSequels
from harness.search.steps import DrawSteps
from tests.search.fields import OFFERS

HOSTS = Hosts.of(OFFERS.hosts({"nodes": 3}))


def sequels(seed: int, offered: str = "") -> DrawSequels:
    """offered: a fault that is not."""
    draw = Random(seed)
    offers = structs.replace(OFFERS.offered, faults={*OFFERS.offered.faults} - {offered})
    return DrawSequels(draw, offers, DrawSteps(draw, offers, HOSTS))


def such(fits: Callable[[list[Step]], bool]) -> list[list[Step]]:
    return [steps for seed in range(600) if fits(steps := sequels(seed).any())]


def kinds(steps: list[Step]) -> list[type[Step]]:
    return [type(step) for step in steps]


def of_kinds(*wanted: type[Step]) -> Callable[[list[Step]], bool]:
    return lambda steps: kinds(steps) == [*wanted]


def test_a_sequel_has_no_more_faults_than_it_says() -> None:
    assert {len(sequels(seed).any()) for seed in range(600)} == {1, 2, 3, 4, FAULTS_MAX}


def test_who_took_over_and_who_was_left_behind_are_away_one_after_the_other_and_back_in_that_order() -> None:
    def fits(steps: list[Step]) -> bool:
        """Two of them, at least, are not of the primary."""
        return len(steps) > 3

    for away, took_over, *_ in such(fits):
        assert isinstance(away, KillStep | PartitionStep) and isinstance(took_over, KillStep)
        assert took_over.victim == "primary" and took_over.scope == "host"
        assert away.at.low_s < took_over.at.low_s < away.until_s + 0.3 and away.until_s < took_over.until_s


def test_power_fails_while_a_disk_hangs_and_the_same_host_is_back_with_it() -> None:
    found = such(of_kinds(DiskStep, KillStep))
    assert found
    for disk, power in found:
        assert isinstance(disk, DiskStep) and isinstance(power, KillStep)
        assert disk.victim == power.victim and disk.until_s == power.until_s
        assert disk.at.low_s < power.at.low_s


def test_what_is_slow_gets_cut() -> None:
    found = such(of_kinds(LatencyStep, PartitionStep))
    assert found
    for slow, cut in found:
        assert isinstance(slow, LatencyStep) and isinstance(cut, PartitionStep)
        assert slow.sides == cut.sides and slow.at.low_s < cut.at.low_s < cut.until_s == slow.until_s


def test_a_cluster_falls_into_halves_at_a_ballot_and_most_often_at_a_switchovers() -> None:
    found = such(lambda steps: isinstance(steps[-1], PartitionStep) and steps[-1].on is not None)
    assert found
    assert sum(isinstance(decided, ControlStep) for decided, _ in found) > len(found) / 2
    for _, cut in found:
        assert isinstance(cut, PartitionStep)
        assert cut.sides[0][0] in ("primary", "standby") and cut.sides[1] == ("rest",)


def test_who_leads_a_failover_falls_asleep_on_the_way() -> None:
    found = such(lambda steps: isinstance(steps[-1], KillStep) and steps[-1].on is not None)
    assert found
    for cut, pause in found:
        assert isinstance(cut, PartitionStep) and isinstance(pause, KillStep)
        assert (pause.verb, pause.victim, cut.sides[0]) == ("pause", "coordinator", ("primary",))


@pytest.mark.parametrize("fault", ["disk", "latency", "partition", "kill", "pause"])
def test_a_sequel_needs_faults_that_are_offered(fault: str) -> None:
    drawn = sequels(1, fault)
    assert all(needed_fault(step) != fault for _ in range(200) if drawn for step in drawn.any())
