"""`up` hands a stack over, or leaves nothing of it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.cli import drills, main
from harness.model.event import Event
from harness.model.plan import Plan
from tests.test_steadiness import TOLD


class Stack:
    """A stack that tells what it is told to; a signal comes when it is started, or at its first event."""

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.now, self.signal_at_start, self.signal_later = 0.0, 0, 0
        self.events: list[Event] = [*TOLD]

    def opened(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> Stack:
        say("starting")
        if self.signal_at_start:
            os.kill(os.getpid(), self.signal_at_start)
            say("still at it")
        return self

    def advance(self) -> Sequence[Event]:
        self.now += 1.0
        if self.signal_later:
            os.kill(os.getpid(), self.signal_later)
        return [self.events.pop(0)] if self.events else []

    def now_s(self) -> float:
        return self.now

    def close(self) -> None:
        self.ends.append("closed")

    def discard(self) -> None:
        self.ends.append("discarded")


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    monkeypatch.chdir(tmp_path)
    it = Stack()
    monkeypatch.setattr(drills, "containers", lambda plans, keep: it.opened)
    return it


def test_a_stack_that_serves_is_left_running(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up"]) == 0
    assert stack.ends == ["closed"]
    assert "it runs and serves: `failover-drill ctl status`" in capsys.readouterr().err


def test_a_stack_that_does_not_settle_is_left_for_a_look(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.events = []
    assert main(["up"]) == 4
    assert stack.ends == ["closed"]
    assert "it runs, but is not steady: no primary" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_while_it_settles_leaves_nothing(
    stack: Stack, capfd: pytest.CaptureFixture[str], number: signal.Signals, code: int
) -> None:
    stack.signal_later = number
    assert main(["up"]) == code
    assert stack.ends == ["discarded"]
    told = capfd.readouterr().err
    assert f"failover-drill: {number.name}: the stack was removed before it was up" in told
    assert "it runs" not in told


def test_a_signal_while_it_starts_ends_the_start(stack: Stack, capfd: pytest.CaptureFixture[str]) -> None:
    stack.signal_at_start = signal.SIGINT
    assert main(["up"]) == 130
    assert stack.ends == []  # who opens a world removes what it had begun
    assert stack.now == 0.0
    assert "SIGINT" in capfd.readouterr().err


def test_one_stack_is_of_one_file(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "calm", "kill-primary"]) == 2
    assert "name one drill file" in capsys.readouterr().err
