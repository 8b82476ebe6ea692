"""Signals: the first asks, the second is answered, the third ends the process."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from harness.interrupts import Interrupts
from harness.model.errors import ExitCode


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED),
        (signal.SIGTERM, ExitCode.TERMINATED),
        (signal.SIGHUP, ExitCode.HANGUP),
    ],
)
def test_a_signal_is_noted_and_nothing_is_torn_down_at_once(number: signal.Signals, code: ExitCode) -> None:
    with Interrupts() as interrupts:
        asked = [interrupts.asked]
        signal.raise_signal(number)
        asked.append(interrupts.asked)
        assert asked == [False, True]
        assert interrupts.exit_code is code


def test_the_second_is_told_what_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    with Interrupts() as interrupts:
        interrupts.doing = "healing faults"
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert "still healing faults" in capfd.readouterr().err


def test_the_first_signal_decides_the_exit_code() -> None:
    with Interrupts() as interrupts:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        assert interrupts.exit_code is ExitCode.TERMINATED


def test_the_third_ends_the_process_at_once() -> None:
    script = (
        "import signal\n"
        "from harness.interrupts import Interrupts\n"
        "with Interrupts():\n"
        "    for _ in range(3): signal.raise_signal(signal.SIGINT)\n"
        "    print('not reached')\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 130
    assert "not reached" not in ended.stdout
    assert "the reaper heals" in ended.stderr


def test_what_was_ignored_before_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts() as interrupts:
            signal.raise_signal(signal.SIGHUP)
            assert not interrupts.asked
    finally:
        signal.signal(signal.SIGHUP, before)


def test_afterwards_signals_do_what_they_did_before() -> None:
    with Interrupts():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
