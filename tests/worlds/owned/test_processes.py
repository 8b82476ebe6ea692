"""Whose a pid is, and the end of what works for a run: with real processes of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from harness.worlds.owned import processes
from harness.worlds.owned.owner import MARK


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def sleeper(started: list[subprocess.Popen[bytes]], mark: str) -> subprocess.Popen[bytes]:
    """A process that has certainly replaced itself by now: it says so."""
    process = subprocess.Popen(
        ["sh", "-c", "echo; exec sleep 60"], env={**os.environ, MARK: mark}, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout as said:
        said.readline()
    started.append(process)
    return process


def test_a_process_is_known_by_its_pid_and_its_start() -> None:
    me = processes.myself()
    assert me.pid == os.getpid()
    assert me.started_ticks == processes.started_ticks(os.getpid())


def test_of_a_pid_that_nobody_has_no_start_is_known() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert processes.started_ticks(gone.pid) is None


def test_a_zombie_is_no_process_any_more() -> None:
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert processes.started_ticks(zombie.pid) is None
    zombie.wait()


def test_a_process_of_somebody_else_is_hidden_where_proc_does_not_tell_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As with hidepid: the kernel still says that the pid is taken."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert not processes.is_hidden(os.getpid()) and not processes.is_hidden(gone.pid)

    def denied(pid: int, number: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", denied)
    assert processes.is_hidden(gone.pid) and not processes.is_hidden(os.getpid())


def test_what_carries_the_mark_of_a_run_ends_and_nothing_else(
    sleepers: list[subprocess.Popen[bytes]],
) -> None:
    ours, theirs = sleeper(sleepers, "aaaa0001"), sleeper(sleepers, "aaaa00012")
    assert processes.end_marked("aaaa0001") == 1
    assert ours.wait(timeout=5) == -signal.SIGKILL
    assert theirs.poll() is None
    assert processes.end_marked("aaaa0001") == 0
