"""The truth about a whole simulated stack: it watches every drill, and sees what a defect breaks."""

from __future__ import annotations

from pathlib import Path

from harness.model.event import Violated, Watched
from targets.reference.truth.findings import INVARIANTS
from tests.worlds.simulator.rehearsals import DRILLS, judged, planned


def test_a_drill_is_watched_and_its_invariants_are_a_finding(tmp_path: Path) -> None:
    verdict, entries = judged(planned(DRILLS / "kill-primary.yaml", trials=1), tmp_path)
    assert [entry.invariants for entry in entries if isinstance(entry, Watched)] == [tuple(INVARIANTS)]
    (finding,) = [finding for finding in verdict.findings if finding.measure == "invariants"]
    assert (finding.judgement, finding.measured) == ("pass", f"0 of {len(INVARIANTS)} broken")


def test_what_a_defect_breaks_is_in_the_journal(tmp_path: Path) -> None:
    for drill, defect, invariant in (
        ("isolate-primary", "no-lease-check", "two-deciders"),
        ("blind-witness", "lone-witness-decides", "too-few-votes"),
    ):
        folder = tmp_path / drill
        folder.mkdir()
        verdict, entries = judged(planned(DRILLS / f"{drill}.yaml", trials=1, defect=defect), folder)
        assert invariant in {entry.invariant for entry in entries if isinstance(entry, Violated)}
        assert "invariants" in {f.measure for f in verdict.findings if f.judgement == "fail"}
