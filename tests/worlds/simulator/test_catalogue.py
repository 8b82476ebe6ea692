"""Every drill of the catalogue in virtual time, unchanged; and the defects that they are there to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.drillfile import read_all
from harness.model.event import Applied, Healed
from harness.planner.offers import offers_all
from targets.registry import SIMULATED
from tests.worlds.simulator.rehearsals import DRILLS, applied, judged, planned


def is_simulated(file: Path) -> bool:
    (drill,) = read_all([file], DRILLS)
    return drill.target in SIMULATED and offers_all("simulator", drill.steps)


FILES = [file for file in sorted(DRILLS.glob("*.yaml")) if is_simulated(file)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_drill_of_the_catalogue_passes(file: Path, tmp_path: Path) -> None:
    verdict, _ = judged(planned(file), tmp_path)
    assert verdict.judgement == "pass", verdict


@pytest.mark.parametrize(
    ("drill", "defect", "measure"),
    [
        ("isolate-primary", "no-lease-check", "split_brain"),
        ("pause-primary", "no-lease-check", "split_brain"),
        ("blind-witness", "lone-witness-decides", "false_failovers"),
    ],
)
def test_a_defect_is_found_by_the_drill_that_looks_for_it(
    drill: str, defect: str, measure: str, tmp_path: Path
) -> None:
    verdict, _ = judged(planned(DRILLS / f"{drill}.yaml", defect=defect), tmp_path)
    assert verdict.judgement == "fail"
    failed = [finding.measure for finding in verdict.findings if finding.judgement == "fail"]
    assert measure in failed


def test_a_fault_comes_and_goes_at_one_moment_with_evidence(tmp_path: Path) -> None:
    _, entries = judged(planned(DRILLS / "isolate-primary.yaml", trials=1), tmp_path)
    acts = [entry for entry in entries if isinstance(entry, Applied | Healed)]
    assert [type(act) for act in acts] == [Applied, Healed]
    assert all(act.before_s == act.after_s for act in acts)
    assert all(line.startswith("virtual: ") for act in acts for line in act.evidence)
    (fault,) = applied(entries)
    assert fault.evidence == ("virtual: 24 ways carry nothing (drop)",)
    assert "messages had not arrived" in acts[1].evidence[0]
    assert " 0 messages" not in acts[1].evidence[0]
