"""What a run starts ends with it: by itself, by its reaper, or by `clean`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from harness.model.errors import WorldError
from harness.setup.images import ROOT
from harness.worlds.owned import processes
from harness.worlds.owned.reaping import Reaper
from harness.worlds.processes import clean as cleaning
from harness.worlds.processes import lifetime
from harness.worlds.processes.lifetime import Lifetime

PATIENCE_S = 20.0

# A harness that starts one process, says whose it is, and waits to be killed.
_HARNESS = """
import os, subprocess, sys, time
from pathlib import Path
from harness.worlds.processes.lifetime import Lifetime
life = Lifetime(Path(sys.argv[1]))
(life.hosts / "n1").mkdir()
one = subprocess.Popen(["sleep", "60"], env={**os.environ, **life.marks}, start_new_session=True,
                       pass_fds=[life.holds], cwd=life.hosts / "n1")
print(life.run_id, life.reaper.pid, one.pid, flush=True)
time.sleep(60)
"""


def until(condition: Callable[[], object]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up_s
        time.sleep(0.01)


def harness(folder: Path) -> tuple[subprocess.Popen[bytes], str, int, int]:
    """It, its run, its reaper and its process."""
    it = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_HARNESS), f"{folder}"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{ROOT}"},
    )
    assert it.stdout is not None
    with it.stdout as said:
        run_id, reaper, one = said.readline().decode().split()
    until(lambda: int(one) in {pid for pid, _, _ in processes.marked()})
    return it, run_id, int(reaper), int(one)


def killed(it: subprocess.Popen[bytes]) -> None:
    it.kill()
    it.wait()


def test_at_its_end_nothing_is_left_but_the_logs(tmp_path: Path) -> None:
    life = Lifetime(tmp_path)
    one = subprocess.Popen(["sleep", "60"], env={**os.environ, **life.marks}, pass_fds=[life.holds])
    until(lambda: life.run_id in {run for _, run, _ in processes.marked()})
    (life.hosts / "n1").mkdir()
    life.end()
    assert one.wait(PATIENCE_S) == -signal.SIGKILL
    assert [entry.name for entry in tmp_path.iterdir()] == ["logs"]


def test_when_the_harness_is_killed_its_reaper_ends_the_rest(tmp_path: Path) -> None:
    it, _, reaper, one = harness(tmp_path)
    killed(it)
    until(lambda: processes.started_ticks(one) is None)
    until(lambda: processes.started_ticks(reaper) is None)
    assert (tmp_path / "reaper.log").read_text() == "the harness died; 1 processes were ended\n"
    assert not (tmp_path / "hosts").exists()


def test_what_is_left_when_both_are_killed_is_cleaned(tmp_path: Path) -> None:
    it, run_id, reaper, one = harness(tmp_path)
    said = list[str]()
    assert run_id not in cleaning.dead_runs()
    os.kill(reaper, signal.SIGKILL)
    killed(it)
    assert run_id in cleaning.dead_runs()
    assert cleaning.clean(said.append) >= 1
    assert any(run_id in line for line in said)
    until(lambda: processes.started_ticks(one) is None)
    assert run_id not in cleaning.dead_runs()
    assert [entry.name for entry in tmp_path.iterdir()] == ["logs"]


def test_a_folder_of_hosts_that_is_there_already_is_nobody_elses_to_remove(tmp_path: Path) -> None:
    """Whatever it works in: only what lies beside a run's logs is a run's."""
    (tmp_path / "hosts" / "n1").mkdir(parents=True)
    marks = {
        "FAILOVER_DRILL_WORKS_FOR": "feed0009",
        "FAILOVER_DRILL_OWNED_BY": f"4194305.1.{processes.pid_space()}",
    }
    one = subprocess.Popen(["sleep", "60"], env={**os.environ, **marks}, cwd=tmp_path / "hosts" / "n1")
    until(lambda: "feed0009" in cleaning.dead_runs())
    cleaning.clean(lambda text: None)
    assert one.wait(PATIENCE_S) == -signal.SIGKILL
    assert (tmp_path / "hosts" / "n1").exists()


def test_a_run_that_has_no_room_ends_with_the_fix_and_without_a_reaper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = list[Reaper]()

    class Known(Reaper):
        def __init__(self, module: str, run_id: str, log: Path, *, holds: Collection[int] = ()) -> None:
            super().__init__(module, run_id, log, holds=holds)
            begun.append(self)

    monkeypatch.setattr(lifetime, "Reaper", Known)
    (tmp_path / "hosts").write_text("in the way")
    with pytest.raises(
        WorldError, match="hosts cannot be made: File exists; free space or name another folder"
    ):
        Lifetime(tmp_path)
    assert processes.started_ticks(begun[0].pid) is None
