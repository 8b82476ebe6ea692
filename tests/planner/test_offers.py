"""What a world can do is known without it."""

from __future__ import annotations

import pytest

from harness.drillfile.verbs import FAULTS, VERBS
from harness.model.errors import DrillError
from harness.planner.offers import FAULTS_OF_WORLDS, WHY_NOT, needed_fault
from tests.drillfile.written import step
from tests.planner.planning import EXAMPLE, planned, refused, with_steps

# Its messages have no bytes, and its connections no end that could be late.
CUT = "- partition: [[primary], rest]\n  at: 1s\n  until: 3s\n  how: "
NOT_SIMULATED = {"bandwidth", "slicing", "reset", "slow_close"}
# It has a processor and a memory, and a power that can be cut without anybody seeing an end.
CONTAINERS_ALONE = {"cpu", "memory", "slow_fsync", "failing_fsync", "disk_full", "power_off"}


def test_every_fault_that_can_be_written_is_offered_by_the_simulator_if_it_is_not_about_bytes() -> None:
    needed = {needed_fault(step(verb.example)) for verb in FAULTS.values()}
    assert needed - NOT_SIMULATED - CONTAINERS_ALONE == FAULTS_OF_WORLDS["simulator"]
    assert FAULTS_OF_WORLDS["docker"] > NOT_SIMULATED | CONTAINERS_ALONE


def test_what_a_world_does_not_offer_it_says_why() -> None:
    needed = {needed_fault(step(verb.example)) for verb in VERBS.values()} - {""}
    for world, there in FAULTS_OF_WORLDS.items():
        assert set(WHY_NOT[world]) == needed - there


@pytest.mark.parametrize("verb", sorted(NOT_SIMULATED))
def test_what_is_about_bytes_is_refused_in_the_simulator(verb: str) -> None:
    problem = refused(with_steps(FAULTS[verb].example), world="simulator").problem
    assert f"the world simulator does not offer the fault '{verb}': its messages have no bytes" in problem
    assert "; it offers clock, crash" in problem


def test_a_world_that_is_not_known_offers_nothing() -> None:
    with pytest.raises(DrillError, match="the world moon does not offer the fault 'kill'"):
        planned(EXAMPLE, world="moon")


@pytest.mark.parametrize("verb", ["loss", "disk", "clock"])
def test_what_containers_do_not_have_yet_is_refused_with_what_they_have(verb: str) -> None:
    problem = refused(with_steps(FAULTS[verb].example)).problem
    assert f"the world docker does not offer the fault '{verb}': " in problem
    assert "the simulator does it; it offers bandwidth, cpu, crash" in problem


def test_local_processes_offer_what_containers_do_by_signals_and_toxiproxy() -> None:
    assert FAULTS_OF_WORLDS["processes"] <= FAULTS_OF_WORLDS["docker"]
    for how in ("refuse", "drop", "stall"):
        assert planned(with_steps(CUT + how), world="processes").trials


def test_no_packet_is_lost_among_local_processes_and_it_says_why_and_where() -> None:
    error = refused(with_steps(CUT + "loss"), world="processes")
    assert error.field == "steps[0].how"
    assert "'how: loss'" in error.problem
    assert "share this machine's network" in error.problem
    assert "--world docker" in error.problem
    assert planned(with_steps(CUT + "loss"), world="docker").trials
