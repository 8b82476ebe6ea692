"""Who stands at the power switches of a stack that stays dies by SIGKILL: told, harmless, cleaned."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
import yaml

from harness.worlds.owned import processes
from tests.docker.inside import left_of
from tests.docker.kills.struckrun import ENDS_WITHIN_S, ROOT, asked, command

pytestmark = [pytest.mark.docker, pytest.mark.slow]

DRILL = """\
drill: kept
target: reference
settings: {reference: {fence: device}}
steps: [{wait: {for: steady, within: 30s}}, {hold: 1s}]
expect: {lost_writes: 0}
"""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A stack that stays: its run, and who stands at its switches."""
    (tmp_path / "kept.yaml").write_text(DRILL)
    try:
        assert asked("up", f"{tmp_path / 'kept.yaml'}", "--out", f"{tmp_path / 'runs'}") == 0
        (keeper,) = _keepers(tmp_path)
        yield keeper
    finally:
        asked("clean")


def _keepers(place: Path) -> list[tuple[str, int]]:
    run_ids = [_run_id(woven) for woven in place.glob("runs/*/compose.yaml")]
    return [(run_id, pid) for run_id in run_ids for pid in _standing(run_id)]


def _run_id(woven: Path) -> str:
    name: str = yaml.safe_load(woven.read_text())["name"]
    return name.removeprefix("failover-drill-")


def _standing(run_id: str) -> list[int]:
    said = f"\0harness.worlds.docker.keeper\0{run_id}\0".encode()
    return [int(e.name) for e in Path("/proc").iterdir() if e.name.isdecimal() and said in _words(e)]


def _words(entry: Path) -> bytes:
    try:
        return (entry / "cmdline").read_bytes()
    except OSError:
        return b""


def ctl(run_id: str, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        command("ctl", "--run", run_id, *words),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_without_who_stands_at_the_switches_nobody_is_said_to_be_off_and_nothing_is_left(
    kept: tuple[str, int], client: docker.DockerClient
) -> None:
    run_id, keeper = kept
    os.kill(keeper, signal.SIGKILL)
    _until_gone(keeper)
    code, told = ctl(run_id, "fence", "n2", "--yes")
    assert code == 1 and "not seen to be Off" in told, told
    code, told = ctl(run_id, "status")
    assert code == 0, told
    assert asked("clean") == 0
    assert left_of(client, run_id) == []


def test_with_the_stack_who_stands_at_its_switches_leaves(kept: tuple[str, int]) -> None:
    _, keeper = kept
    assert asked("clean") == 0
    _until_gone(keeper)


def _until_gone(pid: int) -> None:
    give_up_s = time.monotonic() + ENDS_WITHIN_S
    while processes.started_ticks(pid) is not None:
        assert time.monotonic() < give_up_s
        time.sleep(0.05)
