"""Every defect has a drill that has to find it, and the drill is there. Whether it does: `make proof`."""

from __future__ import annotations

from pathlib import Path

import pytest

from targets.reference.defects import DEFECTS
from targets.reference.proofs import PROOFS

DRILLS = {file.stem for file in (Path(__file__).parents[3] / "drills").glob("*.yaml")}


def test_every_defect_has_a_proof() -> None:
    assert set(PROOFS) == set(DEFECTS)


@pytest.mark.parametrize("defect", sorted(PROOFS))
def test_the_drills_of_a_proof_are_in_the_catalogue(defect: str) -> None:
    assert PROOFS[defect].drills
    assert set(PROOFS[defect].drills) <= DRILLS


@pytest.mark.parametrize("defect", sorted(PROOFS))
def test_a_world_in_which_a_defect_cannot_show_has_a_reason(defect: str) -> None:
    assert set(PROOFS[defect].not_in) <= {"docker", "simulator"}
    assert all(reason.strip() for reason in PROOFS[defect].not_in.values())
