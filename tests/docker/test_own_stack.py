"""Compose files that nobody wrote for us, in containers, through the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.setup.images import ROOT, image_tag
from tests.docker.test_redis_sentinel import run, said

pytestmark = [pytest.mark.docker, pytest.mark.slow]

SAMPLES = ROOT / "compose" / "samples"


def test_two_primaries_of_a_redis_pair_are_seen_and_counted(tmp_path: Path) -> None:
    """A cut, and a promotion by hand: orders, clients on both sides, reigns that were only watched."""
    code, verdict = run(tmp_path, f"{SAMPLES / 'redis-pair' / 'split.yaml'}")
    assert code == 0, verdict
    (trial,) = verdict.trials
    assert trial.split_brain_low_s > 1.0
    assert trial.lost_after_fault > 50
    assert said(verdict)["faults_bit"] == "pass"
    assert [time.phase for time in trial.phases if time.phase in ("decided", "promoted", "acknowledged")]


def test_a_service_over_http_that_is_built_from_a_dockerfile_is_written_and_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything by requests that the stack file words: roles, writes, reads, the final read, refusals."""
    monkeypatch.setenv("BASE", image_tag("own_stack"))
    code, verdict = run(tmp_path, f"{Path(__file__).parent / 'httppair' / 'promote.yaml'}")
    assert code == 0, verdict
    (trial,) = verdict.trials
    assert trial.split_brain_low_s > 0.5
    assert trial.lost_after_fault > 20
    assert trial.reads_ok > 50


def test_what_asynchronous_streaming_loses_in_a_promotion_is_measured(tmp_path: Path) -> None:
    """A second of writes behind a cut, then the primary dies; it comes back as a copy of the new one."""
    code, verdict = run(tmp_path, f"{SAMPLES / 'postgres-pair' / 'promote.yaml'}")
    assert code in (0, 4), verdict  # a stall of this machine may void its times, never more
    judged = said(verdict)
    assert (judged["lost_writes"], judged["split_brain"], judged["failovers"]) == ("pass", "pass", "pass")
    (trial,) = verdict.trials
    assert trial.lost_before_fault + trial.lost_after_fault > 20
    assert trial.rejoin is not None
