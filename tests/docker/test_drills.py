"""The drills of the catalogue in containers, through the command, as a person runs them.

What is asked of every world, a kill and an isolation, whole and broken, is in tests/contract.

Whether the machine kept up is not asked here: a noisy neighbour makes times unknown, and never touches what
is asked here, which is safety.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness.model.verdict import Finding, Verdict
from reports.machine import Output

pytestmark = [pytest.mark.docker, pytest.mark.slow]

# What a stall of this machine can void.
TIMES = {"detection_time", "outage", "rejoin_time", "noise"}


def run(tmp_path: Path, *words: str) -> tuple[int, Verdict]:
    """One trial with a fixed seed; the exit code and the verdict."""
    command = [sys.executable, "-m", "harness.cli", "run", *words, "--trials", "1", "--seed", "7"]
    done = subprocess.run(
        [*command, "--json", "--out", f"{tmp_path}"], capture_output=True, text=True, timeout=120, check=False
    )
    output = msgspec.json.decode(done.stdout, type=Output)
    assert len(output.runs) == 1, done.stderr
    verdict = output.runs[0].verdict
    assert verdict is not None, done.stderr
    return done.returncode, verdict


def findings(verdict: Verdict, measure: str) -> list[Finding]:
    return [finding for finding in verdict.findings if finding.measure == measure]


@pytest.mark.parametrize(
    "drill",
    [
        "isolate-primary-async",
        "blind-witness",
        "pause-primary",
        "kill-router",
    ],
)
def test_the_sound_controller_violates_nothing(drill: str, tmp_path: Path) -> None:
    code, verdict = run(tmp_path, drill)
    assert code in (0, 4), verdict
    wrong = [f for f in verdict.findings if f.judgement != "pass" and f.measure not in TIMES]
    assert wrong == []
    assert not any(finding.judgement == "fail" for finding in verdict.findings)
    assert verdict.trials[0].writes_acknowledged > 100


def test_without_a_lease_check_two_primaries_are_found_in_async(tmp_path: Path) -> None:
    code, verdict = run(tmp_path, "isolate-primary-async", "--defect", "no-lease-check")
    (brains,) = findings(verdict, "split_brain")
    assert (code, brains.judgement) == (1, "fail")
    assert any("n1 served the write" in line or "n2 served the write" in line for line in brains.evidence)


def test_a_lone_witness_that_decides_is_found(tmp_path: Path) -> None:
    code, verdict = run(tmp_path, "blind-witness", "--defect", "lone-witness-decides")
    (false,) = findings(verdict, "false_failovers")
    assert (code, false.judgement) == (1, "fail")


@pytest.mark.parametrize(
    ("defect", "drill", "measure"),
    [
        ("stopped-is-dead", "stutter", "split_brain"),
        ("positions-without-epochs", "double-failover", "lost_writes"),
        ("one-sealed-is-enough", "wrong-side", "lost_writes"),
        ("goes-on-after-hand-back", "switchover-in-vain", "failovers"),
    ],
)
def test_a_defect_that_shows_in_containers_is_found_there(
    defect: str, drill: str, measure: str, tmp_path: Path
) -> None:
    """A few that tell; `failover-drill defects --world docker` tries all that can show."""
    code, verdict = run(tmp_path, drill, "--defect", defect)
    assert code == 1
    assert "fail" in {finding.judgement for finding in findings(verdict, measure)}
