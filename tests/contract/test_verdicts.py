"""A drill gives the same verdict in every world: of a sound controller and of one that is broken on purpose.

Times are another matter: they are those of a machine, or of virtual time, and a noisy neighbour makes them
unknown. What is asked here is everything else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import msgspec
import pytest

from harness.model.verdict import Judgement, Verdict
from reports.machine import Output

WORLDS = [
    pytest.param("processes", marks=[pytest.mark.processes, pytest.mark.slow]),
    pytest.param("docker", marks=[pytest.mark.docker, pytest.mark.slow]),
]
SOUND, BROKEN = ("kill-primary", "isolate-primary"), ("isolate-primary", "isolate-primary-async")
DEFECT = "no-lease-check"
TIMES = {"detection_time", "outage", "rejoin_time", "noise", "false_failovers"}
# It sees every step of every machine; the other worlds hear only what is told.
ONLY_SEEN_FROM_INSIDE = {"invariants"}


def started(world: str, drill: str, defect: str, out: Path) -> subprocess.Popen[bytes]:
    words = ["run", drill, "--world", world, "--trials", "1", "--seed", "7", "--json", "--out", f"{out}"]
    words += ["--defect", defect] if defect else []
    with (out / f"{drill}.json").open("wb") as said, (out / f"{drill}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "harness.cli", *words], stdout=said, stderr=log, env={**os.environ}
        )


def verdict_of(process: subprocess.Popen[bytes], drill: str, out: Path) -> Verdict:
    process.wait(180)
    output = msgspec.json.decode((out / f"{drill}.json").read_bytes(), type=Output)
    verdict = output.runs[0].verdict if output.runs else None
    assert verdict is not None, (out / f"{drill}.log").read_text()
    return verdict


def judged(verdict: Verdict) -> dict[str, Judgement]:
    """The worst of each measure but times."""
    order: tuple[Judgement, ...] = ("pass", "unknown", "fail")
    found: dict[str, Judgement] = {}
    for finding in verdict.findings:
        if finding.measure not in TIMES | ONLY_SEEN_FROM_INSIDE:
            worst = max(found.get(finding.measure, "pass"), finding.judgement, key=order.index)
            found[finding.measure] = worst
    return found


@cache
def in_virtual_time(drill: str, defect: str, folder: Path) -> Verdict:
    return verdict_of(started("simulator", drill, defect, folder), drill, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("virtual")


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("drills", "defect"), [(SOUND, ""), (BROKEN, DEFECT)], ids=["sound", "broken"])
def test_what_is_judged_in_virtual_time_is_judged_the_same_among_real_programs(
    world: str, drills: tuple[str, ...], defect: str, folder: Path, tmp_path: Path
) -> None:
    """Both drills at once: runs side by side do not meet."""
    running = {drill: started(world, drill, defect, tmp_path) for drill in drills}
    for drill, process in running.items():
        verdict, expected = (
            verdict_of(process, drill, tmp_path),
            judged(in_virtual_time(drill, defect, folder)),
        )
        assert judged(verdict) == expected, verdict.findings
        if not defect:
            assert set(expected.values()) == {"pass"}
        elif drill == "isolate-primary":
            # It cannot acknowledge whatever its lease says; it can still answer reads.
            assert (expected["stale_reads"], expected["lost_writes"]) == ("fail", "pass")
        else:
            assert expected["split_brain"] == "fail"
        assert verdict.trials[0].writes_acknowledged > 100
