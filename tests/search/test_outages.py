"""Hosts go away in an order, and come back in another one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from harness.model.drill import DiskStep, KillStep, LatencyStep, PartitionStep, Step
from harness.reach import Hosts
from harness.search.outages import FAULTS_MAX, DrawOutages
from harness.search.steps import DrawSteps
from tests.search.fields import OFFERS

Make = Callable[[DrawOutages], list[Step]]
MAKES: tuple[Make, ...] = (
    DrawOutages.left_behind,
    DrawOutages.power_fails,
    DrawOutages.shared_storage,
    DrawOutages.fails_again,
    DrawOutages.one_by_one,
    DrawOutages.torn,
)


def outages(seed: int, nodes: int = 3) -> DrawOutages:
    draw, hosts = Random(seed), Hosts.of(OFFERS.hosts({"nodes": nodes}))
    return DrawOutages(draw, DrawSteps(draw, OFFERS.offered, hosts))


def many(make: Make, nodes: int = 3) -> list[list[Step]]:
    return [make(outages(seed, nodes)) for seed in range(200)]


@pytest.mark.parametrize("nodes", [2, 3, 5])
@pytest.mark.parametrize("make", MAKES)
def test_an_outage_has_no_more_faults_than_it_says_each_of_which_ends(make: Make, nodes: int) -> None:
    for steps in many(make, nodes):
        assert 1 <= len(steps) <= FAULTS_MAX
        for step in steps:
            assert isinstance(step, DiskStep | KillStep | LatencyStep | PartitionStep)
            assert 0 <= step.at.low_s < step.until_s


def test_who_took_over_and_who_was_left_behind_are_away_one_after_the_other_and_back_in_that_order() -> None:
    for away, took_over, *_ in many(DrawOutages.left_behind):
        assert isinstance(away, KillStep | PartitionStep) and isinstance(took_over, KillStep)
        assert took_over.victim == "primary" and took_over.scope == "host"
        assert away.at.low_s < took_over.at.low_s < away.until_s + 0.3 and away.until_s < took_over.until_s


def test_power_fails_while_a_disk_hangs_and_the_same_host_is_back_with_it() -> None:
    for disk, power in many(DrawOutages.power_fails):
        assert isinstance(disk, DiskStep) and isinstance(power, KillStep)
        assert disk.victim == power.victim and disk.until_s == power.until_s
        assert disk.at.low_s < power.at.low_s


def test_shared_storage_hangs_under_two_hosts_and_the_power_of_one_fails_meanwhile() -> None:
    for slow, one, other, power in many(DrawOutages.shared_storage):
        assert isinstance(one, DiskStep) and isinstance(other, DiskStep) and isinstance(power, KillStep)
        assert (one.victim, other.victim, power.victim) == ("primary", "standby", "primary")
        assert one.at == other.at and one.at.low_s < power.at.low_s < one.until_s == power.until_s
        assert isinstance(slow, LatencyStep) and slow.until_s > other.until_s


@pytest.mark.parametrize("nodes", [2, 4])
def test_a_host_fails_again_and_in_between_it_reaches_others_than_before(nodes: int) -> None:
    reached = set[tuple[tuple[str, ...], ...]]()
    for _, before, after, first, again in many(DrawOutages.fails_again, nodes):
        assert isinstance(before, PartitionStep) and isinstance(after, PartitionStep)
        assert isinstance(first, KillStep) and isinstance(again, KillStep)
        assert first.at.low_s <= before.until_s <= first.until_s < again.at.low_s < after.until_s
        assert after.at.low_s <= first.at.low_s
        reached.add((before.sides[1], after.sides[1]))
    one, others = ("standby",), ("standby",) if nodes == 2 else ("n3", "n4")
    assert reached == {(one, others), (others, one)}


def test_hosts_fail_one_by_one_and_who_is_left_has_not_heard_for_a_while() -> None:
    for lags, first, then in many(DrawOutages.one_by_one):
        assert isinstance(lags, PartitionStep) and isinstance(first, KillStep) and isinstance(then, KillStep)
        assert (lags.sides, first.victim, then.victim) == ((("primary",), ("n3",)), "standby", "primary")
        assert lags.at.low_s < first.at.low_s < then.at.low_s < first.until_s


@pytest.mark.parametrize("nodes", [2, 5])
def test_power_fails_for_all_data_nodes_and_the_store_of_the_first_that_is_back_is_torn(nodes: int) -> None:
    troubles = set[str]()
    for *others, torn in many(DrawOutages.torn, nodes):
        assert isinstance(torn, DiskStep)
        down = {other.victim: other for other in others if isinstance(other, KillStep)}
        assert {*down, torn.victim} == {f"n{number}" for number in range(1, nodes + 1)}
        assert all(other.at.low_s <= torn.at.low_s < other.until_s for other in down.values())
        troubles.add(torn.does)
    assert troubles == {"damage", "lose"}
