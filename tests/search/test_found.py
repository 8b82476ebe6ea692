"""What a search has found on the sound target, reduced, with the seed that showed it: each stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import planner
from harness.drillfile import read_all
from harness.search.outcome import outcome
from harness.search.playing import play
from tests.search.fields import FIELD

FILES = sorted((Path(__file__).parent / "found").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_search_has_found_is_mended(file: Path) -> None:
    (drill,) = read_all([file], file.parent)
    assert drill.seed is not None
    plan = planner.plan(drill, FIELD.target, world="simulator", seed=drill.seed, trials=1, defect="")
    simulated = FIELD.simulated()
    seen = outcome(plan, play(plan, simulated), nobody_can=simulated.nobody_can_reign())
    assert seen.broken == () and seen.faults
