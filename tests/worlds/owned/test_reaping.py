"""The reaper's life without an engine: it is there before it is needed, and leaves when told to."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from queue import Queue

import pytest

from harness.model.errors import WorldError
from harness.worlds.owned import processes
from harness.worlds.owned.reaping import Reaper

REAPER = "harness.worlds.docker.stack.reaper"


def test_it_leaves_when_it_is_dismissed_and_says_nothing(tmp_path: Path) -> None:
    reaper = Reaper(REAPER, "aaaa0002", tmp_path / "reaper.log")
    assert processes.started_ticks(reaper.pid) is not None
    reaper.dismiss()
    assert processes.started_ticks(reaper.pid) is None
    assert list(tmp_path.iterdir()) == []


def test_it_is_no_process_that_it_would_end_itself(tmp_path: Path) -> None:
    reaper = Reaper(REAPER, "aaaa0003", tmp_path / "reaper.log")
    assert processes.end_marked("aaaa0003") == 0
    reaper.dismiss()


def test_without_it_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(WorldError, match="nothing was started"):
        Reaper(REAPER, "aaaa0004", tmp_path / "reaper.log")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    with pytest.raises(WorldError, match="nothing was started"):
        Reaper(REAPER, "aaaa0005", tmp_path / "reaper.log")


def test_its_death_is_told_once_and_its_leave_is_not(tmp_path: Path) -> None:
    told: Queue[BaseException] = Queue()
    reaper = Reaper(REAPER, "aaaa0006", tmp_path / "reaper.log")
    reaper.watch(told.put)
    os.kill(reaper.pid, signal.SIGKILL)
    assert "ended by itself; without it a crash would leave faults" in str(told.get(timeout=10))
    reaper.dismiss()

    another = Reaper(REAPER, "aaaa0007", tmp_path / "reaper.log")
    another.watch(told.put)
    another.dismiss()
    assert told.empty()


def test_a_leave_that_is_quicker_than_its_dismissal_is_no_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine: the reaper has gone before this process goes on."""
    told: Queue[BaseException] = Queue()
    reaper = Reaper(REAPER, "aaaa0008", tmp_path / "reaper.log")
    reaper.watch(told.put)
    (watching,) = (
        thread for thread in threading.enumerate() if thread.name == "reaper" and thread.is_alive()
    )
    let_go = reaper._let_go

    def late(wait_s: float) -> None:
        watching.join(timeout=10)
        let_go(wait_s)

    monkeypatch.setattr(reaper, "_let_go", late)
    reaper.dismiss()
    assert told.empty() and not watching.is_alive()
