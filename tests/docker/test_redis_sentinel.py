"""Unmodified Redis with Sentinel in containers, through the command: what works, and what must be seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness.cli.drills import DRILLS
from harness.model.verdict import Verdict
from reports.machine import Output
from tests.docker.test_drills import TIMES

pytestmark = [pytest.mark.docker, pytest.mark.slow]


def run(tmp_path: Path, *words: str) -> tuple[int, Verdict]:
    """One trial with a fixed seed; the exit code and the verdict."""
    command = [sys.executable, "-m", "harness.cli", "run", *words, "--trials", "1", "--seed", "7"]
    done = subprocess.run(
        [*command, "--json", "--out", f"{tmp_path}"], capture_output=True, text=True, timeout=180, check=False
    )
    output = msgspec.json.decode(done.stdout, type=Output)
    assert len(output.runs) == 1, done.stderr
    verdict = output.runs[0].verdict
    assert verdict is not None, done.stderr
    return done.returncode, verdict


def said(verdict: Verdict) -> dict[str, str]:
    return {finding.measure: finding.judgement for finding in verdict.findings}


def test_sentinel_replaces_a_dead_primary_and_tells_each_step(tmp_path: Path) -> None:
    code, verdict = run(tmp_path, "sentinel-kill-primary")
    assert code in (0, 4), verdict  # a stall of this machine may void its times, never more
    assert not [f for f in verdict.findings if f.judgement != "pass" and f.measure not in TIMES], verdict
    (trial,) = verdict.trials
    assert trial.detection is not None and trial.detection.value is not None
    steps = ["suspected", "decided", "elected", "promoted", "redirected"]
    phases = [time.phase for time in trial.phases]
    assert [phase for phase in phases if phase in steps] == steps
    assert "acknowledged" in phases


def test_the_split_brain_behind_a_cut_is_seen_and_counted(tmp_path: Path) -> None:
    """The known-bad schedule as it is, but cut for 8 s and not 30."""
    file = tmp_path / "short.yaml"
    text = (DRILLS / "sentinel-split.yaml").read_text()
    assert "until: 32s" in text
    file.write_text(text.replace("until: 32s", "until: 10s"))
    code, verdict = run(tmp_path, f"{file}")
    assert code == 0, verdict
    (trial,) = verdict.trials
    assert trial.split_brain_low_s > 4.0
    assert trial.lost_after_fault > 400
    assert trial.old_primary_ops > 400


def test_a_drill_of_the_catalogue_fails_on_it_that_the_reference_passes(tmp_path: Path) -> None:
    code, verdict = run(tmp_path, "isolate-primary", "--target", "redis-sentinel")
    assert code == 1, verdict
    judged = said(verdict)
    assert (judged["lost_writes"], judged["rpo"], judged["faults_bit"]) == ("fail", "fail", "pass")
