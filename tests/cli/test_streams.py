"""Output to terminals, files, and readers that have gone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.text import Text

from harness.cli.streams import drawn, width


class Stream:
    """A stream of which only its being a terminal matters."""

    encoding = "utf-8"

    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def shown(*, terminal: bool) -> str:
    return drawn(Text("FAIL", style="bold red"), Stream(terminal=terminal))  # type: ignore[arg-type]


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "31m" in shown(terminal=True)


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in shown(terminal=True)


def test_a_file_gets_neither_colour_nor_trailing_blanks() -> None:
    assert shown(terminal=False) == "FAIL\n"


@pytest.mark.parametrize(("columns", "expected"), [("80", 80), ("160", 160), ("400", 160), ("20", 60)])
def test_the_report_is_as_wide_as_the_reader_s_columns_within_limits(
    columns: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert width(terminal=True) == expected


@pytest.mark.parametrize("stream", ["out", "error"])
def test_a_reader_that_has_gone_changes_neither_the_exit_code_nor_what_is_done(stream: str) -> None:
    script = (
        "import sys, time\n"
        f"from harness.cli.streams import write_{stream}\n"
        "time.sleep(0.2)\n"
        f"for _ in range(3): write_{stream}('x' * 100_000)\n"
        "sys.exit(7)\n"
    )
    redirect = "| head -c 1 >/dev/null" if stream == "out" else "2>&1 >/dev/null | head -c 1 >/dev/null"
    shell = f'"$0" -c "$1" {redirect}; exit ${{PIPESTATUS[0]}}'
    ended = subprocess.run(
        ["bash", "-c", shell, sys.executable, script], capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 7
    assert "Traceback" not in ended.stderr


def test_signs_that_a_stream_cannot_carry_do_not_break_it() -> None:
    script = "from harness.cli.streams import write_out; write_out('– → \\u2713\\n')"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=30, env={"PYTHONIOENCODING": "ascii"}
    )
    assert ended.returncode == 0
    assert ended.stdout == b"? ? ?\n"
