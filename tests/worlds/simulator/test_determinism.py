"""The same seed gives the same journal, byte for byte, whatever process it runs in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.drillfile.verbs import FAULTS as VERBS
from harness.planner.offers import FAULTS_OF_WORLDS
from tests.worlds.simulator.manyseeds import FAULTS
from tests.worlds.simulator.rehearsals import DRILLS, planned, run

SEEDS = 200
ROOT = Path(__file__).parents[3]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digests(folder: Path, *, hash_seed: str) -> list[str]:
    """Of a process of its own, which hashes texts in its own way: a line a seed."""
    folder.mkdir()
    words = [sys.executable, "-m", "tests.worlds.simulator.manyseeds", f"{SEEDS}", f"{folder}"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(words, check=True, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.stdout.splitlines()


@pytest.mark.slow
def test_two_processes_that_hash_differently_write_the_same_200_journals(tmp_path: Path) -> None:
    first = digests(tmp_path / "first", hash_seed="0")
    second = digests(tmp_path / "second", hash_seed="4711")
    assert len(first) == SEEDS
    assert [one for one, other in zip(first, second, strict=True) if one != other] == []
    assert len({line.split()[1] for line in first}) == SEEDS


def test_every_fault_that_can_be_written_is_among_them() -> None:
    tried = {fault.partition(":")[0] for fault in FAULTS}
    elsewhere = FAULTS_OF_WORLDS["docker"] - FAULTS_OF_WORLDS["simulator"]
    # A partition is an isolation of more hosts; a power switch is there only with a fence device.
    assert tried >= {*VERBS} - elsewhere - {"partition", "switch"}


def test_a_second_run_in_one_process_is_the_same_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(planned(DRILLS / "slow-link.yaml", trials=1), tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
