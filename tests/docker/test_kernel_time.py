"""When a fault struck, as the journal has it, against the kernel's own stamp of the same signal."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness import journalfile
from harness.model.event import Applied
from harness.model.plan import PlanFile
from tests.docker.kernelkills import kernel_kills

pytestmark = [pytest.mark.docker, pytest.mark.slow]

AGREES_WITHIN_S = 0.005


def test_the_kernel_s_stamp_of_each_kill_agrees_with_the_journal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "harness.cli", "run", "kill-primary", "--trials", "2", "--seed", "7"]
    with kernel_kills() as kills:
        done = subprocess.run(
            [*command, "--out", f"{tmp_path}"], capture_output=True, text=True, timeout=180, check=False
        )
    assert done.returncode in (0, 1, 4), done.stderr  # what the times come to is not asked here
    (folder,) = tmp_path.iterdir()
    origin_s = msgspec.json.decode(
        (folder / "plan.json").read_bytes(), type=PlanFile
    ).provenance.origin_monotonic_s
    entries = journalfile.read(folder / "journal.jsonl").entries
    applied = [entry for entry in entries if isinstance(entry, Applied)]
    assert len(applied) == 2
    for act in applied:
        pid = _pid(act)
        # Its agent and its namespace signal it as well, once it is dying.
        at_s = min(kill.at_s - origin_s for kill in kills if kill.pid == pid)
        assert act.before_s - AGREES_WITHIN_S <= at_s <= act.after_s + AGREES_WITHIN_S


def _pid(act: Applied) -> int:
    found = re.match(r"process (\d+) of ", act.evidence[0])
    assert found, act.evidence
    return int(found[1])
