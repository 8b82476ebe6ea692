"""The same seed gives the same journal, byte for byte, whatever process it runs in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.simulator.rehearsals import DRILLS, planned, run

PROGRAM = """
import sys
from pathlib import Path
from tests.worlds.simulator.rehearsals import DRILLS, planned, run
plan = planned(DRILLS / f"{sys.argv[1]}.yaml", seed=int(sys.argv[2]), trials=1)
run(plan, Path(sys.argv[3]))
"""


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def in_a_process(drill: str, seed: int, file: Path, *, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    root = Path(__file__).parents[3]
    words = [sys.executable, "-c", PROGRAM, drill, str(seed), str(file)]
    subprocess.run(words, check=True, cwd=root, env=environment)
    return digest(file)


@pytest.mark.parametrize(
    ("drill", "seed"), [("kill-primary", 1), ("isolate-primary", 2), ("pause-primary", 3), ("switchover", 4)]
)
def test_two_processes_that_hash_differently_write_the_same_journal(
    drill: str, seed: int, tmp_path: Path
) -> None:
    first = in_a_process(drill, seed, tmp_path / "first", hash_seed="0")
    second = in_a_process(drill, seed, tmp_path / "second", hash_seed="4711")
    assert first == second


def test_another_seed_gives_another_journal(tmp_path: Path) -> None:
    for seed in (1, 2):
        run(planned(DRILLS / "kill-primary.yaml", seed=seed, trials=1), tmp_path / f"{seed}")
    assert digest(tmp_path / "1") != digest(tmp_path / "2")


def test_a_second_run_in_one_process_is_the_same_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run(planned(DRILLS / "slow-link.yaml", trials=1), tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
