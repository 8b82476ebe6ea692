"""What a world can do is known without it."""

from __future__ import annotations

import pytest

from harness.drillfile.verbs import FAULTS
from harness.model.errors import DrillError
from harness.planner.offers import FAULTS_OF_WORLDS, needed_fault
from tests.drillfile.written import step
from tests.planner.planning import EXAMPLE, planned, refused, with_steps


def test_every_fault_that_can_be_written_is_offered_by_the_simulator() -> None:
    needed = {needed_fault(step(verb.example)) for verb in FAULTS.values()}
    assert needed == FAULTS_OF_WORLDS["simulator"]


def test_a_world_that_is_not_known_offers_nothing() -> None:
    with pytest.raises(DrillError, match="the world moon does not offer the fault 'kill'"):
        planned(EXAMPLE, world="moon")


@pytest.mark.parametrize("verb", ["loss", "disk", "clock"])
def test_what_containers_do_not_have_yet_is_refused_with_what_they_have(verb: str) -> None:
    says = f"the world docker does not offer the fault '{verb}'; it offers crash, kill"
    assert says in refused(with_steps(FAULTS[verb].example)).problem
