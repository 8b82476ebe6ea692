"""Faults that belong together come together, and in their order."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from msgspec import structs

from harness.model.drill import ControlStep, KillStep, LatencyStep, PartitionStep, Step
from harness.planner.offers import needed_fault
from harness.reach import Hosts
from harness.search.outages import FAULTS_MAX
from harness.search.sequels import DrawSequels
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


def test_what_is_slow_gets_cut() -> None:
    found = such(of_kinds(LatencyStep, PartitionStep))
    assert found
    for slow, cut in found:
        assert isinstance(slow, LatencyStep) and isinstance(cut, PartitionStep)
        assert slow.sides == cut.sides and slow.at.low_s < cut.at.low_s < cut.until_s == slow.until_s


def test_a_cluster_falls_into_halves_at_a_ballot_and_most_often_at_a_switchovers() -> None:
    def fits(steps: list[Step]) -> bool:
        return isinstance(steps[0], ControlStep | KillStep) and isinstance(steps[-1], PartitionStep)

    found = [steps for steps in such(fits) if steps[-1].on is not None]  # type: ignore[union-attr]
    assert sum(isinstance(decided, ControlStep) for decided, _ in found) > len(found) / 2 > 0
    for _, cut in found:
        assert isinstance(cut, PartitionStep)
        assert cut.sides[0][0] in ("primary", "standby") and cut.sides[1] == ("rest",)


def test_the_network_falls_to_pieces_while_the_witnesses_lead_a_failover() -> None:
    def fits(steps: list[Step]) -> bool:
        return {*kinds(steps)} == {PartitionStep}

    found = such(fits)
    assert {len(steps) for steps in found} == {2, 3}
    for unseen, lost, *apart in found:
        assert isinstance(unseen, PartitionStep) and isinstance(lost, PartitionStep)
        assert unseen.sides == (("primary",), ("witnesses",)) and unseen.on is None
        assert lost.sides[0] == ("victim",) and lost.on is not None
        assert (lost.on.what == "decided") == (not apart)
        for cut in apart:
            assert isinstance(cut, PartitionStep) and len(cut.sides) == 3 and cut.on == lost.on


def test_who_leads_a_failover_falls_asleep_on_the_way_and_perhaps_another_witness_with_it() -> None:
    found = such(lambda steps: isinstance(steps[-1], KillStep) and steps[-1].on is not None)
    assert {len(steps) for steps in found} == {2, 3}
    for cut, leads, *beside in found:
        assert isinstance(cut, PartitionStep) and isinstance(leads, KillStep)
        assert (leads.verb, leads.victim, cut.sides[0]) == ("pause", "coordinator", ("primary",))
        for other in beside:
            assert isinstance(other, KillStep) and other.verb == "pause" and other.on == leads.on
            assert other.victim in ("witness/2", "witness/3") and other.until_s == leads.until_s


@pytest.mark.parametrize("fault", ["disk", "latency", "partition", "kill", "pause"])
def test_a_sequel_needs_faults_that_are_offered(fault: str) -> None:
    drawn = sequels(1, fault)
    assert all(needed_fault(step) != fault for _ in range(200) if drawn for step in drawn.any())
