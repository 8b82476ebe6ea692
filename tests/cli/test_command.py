"""The command as a program: exit codes, streams that are closed or full, JSON alone for machines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from harness.model.errors import WorldError
from harness.setup import doctor

NO_SUCH = "no-such-drill.yaml"


def shell(line: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """The line's own exit code, whatever reads from it; `command` stands for the command."""
    script = f'command() {{ "$0" -m harness.cli "$@"; }}; {line}; exit ${{PIPESTATUS[0]}}'
    return subprocess.run(
        ["bash", "-c", script, sys.executable],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", **surroundings},
    )


@pytest.mark.parametrize(
    "streams",
    [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "| head -c 1", "2>/dev/full", "2>&1 | true"],
)
@pytest.mark.parametrize(("words", "code"), [("faults", 0), ("--help", 0), ("rnu", 2)])
def test_who_reads_does_not_change_the_exit_code(words: str, code: int, streams: str) -> None:
    ended = shell(f"command {words} {streams}")
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize("words", ["faults --json", "--help", "--version"])
def test_half_a_report_on_a_full_disk_is_no_success(words: str) -> None:
    ended = shell(f"command {words} >/dev/full")
    assert ended.returncode == 3
    assert ended.stderr.startswith("failover-drill: standard output cannot be written (No space left")
    assert "free some space" in ended.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["--json"],
        ["run", "--json"],
        ["rnu", "--json"],
        ["run", NO_SUCH, "--json"],
        ["run", NO_SUCH, "--trials", "0", "--json"],
        ["plan", NO_SUCH, "--json"],
        ["check", "no-such-run", "--json"],
        ["targets", "referense", "--json"],
        ["faults", "partion", "--json"],
    ],
)
def test_a_machine_gets_json_alone_even_for_its_mistakes(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["exit_code"] == 2
    assert err == f"failover-drill: {told['error']}\n"


def test_without_words_the_way_to_the_help_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "failover-drill --help" in capsys.readouterr().err


def test_what_breaks_is_three_and_a_crash_of_ours_leaves_its_traceback_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise WorldError("no engine")

    monkeypatch.setattr(doctor, "checks", broken)
    assert main(["doctor"]) == 3
    assert capsys.readouterr().err == "failover-drill: no engine\n"

    def crashed(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(doctor, "checks", crashed)
    assert main(["doctor"]) == 3
    text = capsys.readouterr().err
    (left,) = tmp_path.iterdir()
    assert "please report it" in text
    assert str(left) in text
    assert "Traceback" not in text
    assert "ZeroDivisionError: of ours" in left.read_text()


def test_an_interrupt_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "checks", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "failover-drill: interrupted\n"


@pytest.mark.parametrize(
    ("missing", "processes", "code"), [(True, False, 3), (True, True, 0), (False, False, 0)]
)
def test_doctor_tells_a_script_whether_drills_can_run(
    missing: bool,
    processes: bool,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = (
        doctor.Check(name="engine", ok=not missing, detail="", remedy="get one"),
        doctor.Check(name="disk", ok=False, detail="", remedy="free some", needed=False),
    )
    local = (doctor.Check(name="processes: x", ok=processes, detail="", remedy="get x", needed=False),)
    monkeypatch.setattr(doctor, "checks", lambda own, others: found)
    monkeypatch.setattr(doctor, "local_checks", lambda needs: local)
    assert main(["doctor", "--json"]) == code
    told = [check["remedy"] for check in json.loads(capsys.readouterr().out)]
    assert told == ["get one", "free some", "get x"]


@pytest.mark.parametrize("columns", [60, 80, 160])
@pytest.mark.parametrize("words", ["targets reference", "plan kill-primary", "doctor"])
def test_tables_keep_to_the_reader_s_width(words: str, columns: int) -> None:
    ended = shell(f"command {words}", COLUMNS=f"{columns}")
    assert ended.stdout
    assert max(map(len, ended.stdout.splitlines())) <= columns


@pytest.mark.parametrize("command", ["", "run", "plan", "check", "setup", "clean", "schema"])
def test_the_help_fits_an_ordinary_terminal(command: str) -> None:
    ended = shell(f"command {command} --help", COLUMNS="80")
    assert max(map(len, ended.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("surroundings", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_a_terminal_gets_colour_unless_it_does_not_want_it(
    surroundings: dict[str, str], coloured: bool
) -> None:
    terminal = "import pty, sys; pty.spawn([sys.executable, '-m', 'harness.cli', 'doctor'])"
    ended = shell(f'"$0" -c "{terminal}" </dev/null', **surroundings)
    assert "Python" in ended.stdout
    assert ("\x1b[1;3" in ended.stdout) == coloured


def test_a_bare_locale_gets_signs_that_it_can_carry() -> None:
    ended = shell("command plan kill-primary", PYTHONUTF8="0", LC_ALL="C", PYTHONCOERCECLOCALE="0")
    assert ended.returncode == 0
    assert ended.stdout.isascii()
    assert "?" not in ended.stdout
