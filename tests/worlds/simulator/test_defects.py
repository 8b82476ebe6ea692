"""A seeded sample of the table of defects × drills; the whole of it is `make proof`."""

from __future__ import annotations

import random

import pytest

from harness import drillfile
from harness.cli.defects import simulate
from harness.model.drill import Drill
from harness.proving import pairs
from targets.reference.proofs import PROOFS
from targets.reference.target import REFERENCE
from tests.worlds.simulator.rehearsals import DRILLS

SAMPLE = sorted(random.Random(20).sample(sorted(PROOFS), 20))


def drill_of(name: str) -> Drill:
    (drill,) = drillfile.read_all([DRILLS / f"{name}.yaml"], DRILLS)
    return drill


@pytest.mark.slow
@pytest.mark.parametrize("defect", SAMPLE)
def test_a_defect_is_found_by_each_drill_that_has_to_and_nothing_is_found_without_it(defect: str) -> None:
    proof = PROOFS[defect]
    drills = {name: drill_of(name) for name in proof.drills}
    made = pairs(REFERENCE, {defect: proof}, drills, world="simulator", seed=1, batches=(1, 2))
    for pair in made:
        cell = simulate(pair)
        assert cell.outcome == ("found" if pair.defect else "not found"), cell
