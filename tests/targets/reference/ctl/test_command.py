from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from harness.model.errors import ExitCode
from targets.reference.ctl import acts, asking
from targets.reference.ctl.asking import Way
from targets.reference.ctl.command import run
from targets.reference.ctl.text import COMMANDS
from targets.reference.machines.words.messages import AskStatus, SwitchOverAnswer
from targets.reference.settings import Settings
from tests.targets.reference.ctl.hosts import Hosts, node, says, well

Captured = pytest.CaptureFixture[str]


def told(capsys: Captured, hosts: Hosts, *words: str) -> tuple[int, str, str]:
    code = run(words, Settings(), hosts.way)
    return code, *capsys.readouterr()


def test_a_status_with_somebody_who_serves_is_good(capsys: Captured) -> None:
    code, out, error = told(capsys, well(), "status")
    assert (code, error) == (ExitCode.PASS, "") and out.startswith("epoch 3, primary n1; n1 serves\n")


def test_a_status_with_nobody_who_serves_is_not(capsys: Captured) -> None:
    assert told(capsys, well(n1=says(node("n1", lease_s=0.0))), "status")[0] == ExitCode.FAIL


def test_when_nobody_answers_the_surroundings_are_broken(capsys: Captured) -> None:
    code, out, _ = told(capsys, Hosts(), "status")
    assert code == ExitCode.BROKEN_SURROUNDINGS and "w3 does not answer" in out


def test_the_status_for_machines_is_json_alone(capsys: Captured) -> None:
    _, out, error = told(capsys, well(), "status", "--json")
    assert json.loads(out)["register"]["primary"] == "n1" and error == ""


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("statsu",), "did you mean 'status'?"),
        (("xyzzy",), "choose one of status, switchover"),
        ((), "say what to do"),
        (("maintenance", "maybe"), "choose from"),
        (("promote",), "required: NODE"),
        (("promote", "n2", "--within", "soon"), "no time in seconds"),
        (("promote", "n2", "--forc"), "unrecognized arguments: --forc"),
    ],
)
def test_a_wrong_word_is_told_with_the_fix(capsys: Captured, words: tuple[str, ...], fix: str) -> None:
    hosts = well()
    code, out, error = told(capsys, hosts, *words)
    assert code == ExitCode.WRONG_INPUT and fix in error and not out
    assert hosts.heard == []


def test_without_a_terminal_nothing_dangerous_is_done_unless_yes_was_given(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    hosts = well()
    code, _, error = told(capsys, hosts, "promote", "n2")
    assert code == ExitCode.FAIL and "give --yes" in error and hosts.heard == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_teaches_by_example(capsys: Captured, command: str) -> None:
    with pytest.raises(SystemExit):
        run((command, "--help"), Settings(), Hosts().way)
    assert f"ctl {command}" in capsys.readouterr().out.split("example")[1]


def interrupting(after: str) -> Callable[..., object]:
    """Answers every question; of an order Ctrl-C while its answer is waited for, or right after it."""

    def ask(way: Way, host: str, port: int, message: object, kind: type, **limits: float) -> object:
        if isinstance(message, AskStatus):
            return asking.ask(way, host, port, message, kind)
        if after == "asked":
            raise KeyboardInterrupt
        return SwitchOverAnswer(1, True, "n2 is primary")

    return ask


@pytest.mark.parametrize(
    ("after", "known"),
    [
        (
            "asked",
            "n1 was asked to hand over to n2 and has not answered yet; nobody knows whether it has happened",
        ),
        ("agreed", "n1 has agreed (n2 is primary); what was agreed goes on"),
    ],
)
def test_an_interrupt_says_what_is_known(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, after: str, known: str
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(acts, "ask", interrupting(after))
    monkeypatch.setattr("targets.reference.ctl.acts.time.sleep", interrupt)
    code, _, error = told(capsys, well(), "switchover", "n2")
    assert code == ExitCode.INTERRUPTED and f"interrupted: {known}" in error


def test_an_interrupt_before_anything_was_asked_says_so(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(acts, "view", interrupt)
    assert "interrupted: nothing was asked of anybody yet" in told(capsys, well(), "switchover", "n2")[2]
