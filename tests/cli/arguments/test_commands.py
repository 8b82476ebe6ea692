"""What can be written, and what a person reads who wrote something else."""

from __future__ import annotations

from importlib import import_module

import pytest

from harness.cli.arguments import UsageError, parse

COMMANDS = (
    *("run", "plan", "check", "search", "defects", "doctor", "setup", "clean", "init", "up", "ctl"),
    *("drills", "targets", "faults", "schema"),
)


def refused(words: list[str]) -> str:
    with pytest.raises(UsageError) as raised:
        parse(words)
    assert raised.value.exit_code == 2
    return str(raised.value)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_teaches_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([command, "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert "example" in text
    assert f"failover-drill {command}" in text.split("example")[1]


def test_the_help_lists_every_command_and_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--help"])
    text = capsys.readouterr().out
    assert all(command in text for command in (*COMMANDS, "0 pass", "1 fail", "4 unknown", "130"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rnu", "x.yaml"], "unknown command 'rnu'; did you mean 'run'?"),
        (["xyzzy"], "choose one of check, clean, ctl, defects, doctor"),
        (["run", "x.yaml", "--trails", "3"], "did you mean '--trials'?"),
        (["run", "x.yaml", "--trails=3"], "did you mean '--trials'?"),
        (["run", "x.yaml", "--tri", "3"], "did you mean '--trials'?"),
        (["run"], "required: FILE"),
        ([], "required: COMMAND"),
        (["run", "x", "--trials", "0"], "'0' is no whole number from 1"),
        (["run", "x", "--trials", "-3"], "--trials"),
        (["run", "x", "--trials", "²"], "no whole number"),
        (["run", "x", "--seed", "abc"], "write --seed 4711"),
        (["run", "x", "--seed", "9" * 5000], "no whole number"),
        (["run", "x", "--deadline", "20"], "write 20s or 20ms"),
        (["run", "x", "--deadline", "0s"], "leaves no time"),
        (["doctor", "now"], "unknown argument 'now'"),
    ],
)
def test_a_wrong_word_is_answered_by_the_fix(words: list[str], says: str) -> None:
    assert says in refused(words)
    assert "--help`" in refused(words)


def test_what_was_written_arrives() -> None:
    args = parse(["run", "a.yaml", "b.yaml", "--trials", "3", "--seed", "0", "--deadline", "20m", "--json"])
    assert (args.files, args.trials, args.seed, args.deadline, args.json) == (
        ["a.yaml", "b.yaml"],
        3,
        0,
        1200,
        True,
    )
    assert args.does == "drills:run"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_a_function_that_is_there(command: str) -> None:
    words = {"run": ["a"], "plan": ["a"]}.get(command, [])
    module, _, name = parse([command, *words]).does.partition(":")
    assert callable(getattr(import_module(f"harness.cli.{module}"), name))
