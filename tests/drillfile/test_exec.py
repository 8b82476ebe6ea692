"""Commands that are run on a host, as a person writes them, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.model.drill import ExecStep, Window
from tests.drillfile.written import step, wrong_step


@pytest.mark.parametrize(
    ("run", "argv"),
    [
        ("redis-cli replicaof no one", ("redis-cli", "replicaof", "no", "one")),
        ("sh -c 'echo hello; exit 3'", ("sh", "-c", "echo hello; exit 3")),
        ("[sh, -c, 'exit 3']", ("sh", "-c", "exit 3")),
    ],
)
def test_a_command_is_a_line_or_a_list_of_words(run: str, argv: tuple[str, ...]) -> None:
    assert step(f"- exec: {{on: standby, run: {run}}}\n  at: 1s..2s") == ExecStep(
        host="standby", argv=argv, within_s=5.0, at=Window(1, 2)
    )


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("- exec: redis-cli ping", "exec", "a command to run is a block of words"),
        ("- exec: {on: n1}", "exec", "needs the word 'run'"),
        ("- exec: {run: ls}", "exec", "needs the word 'on'"),
        ("- exec: {on: n1, run: []}", "exec.run", "a command has 1 to 50 words"),
        ('- exec: {on: n1, run: "sh -c \'x"}', "exec.run", "is no command: no closing quotation"),
        ("- exec: {on: n1, run: ls, within: 1m}", "exec.within", "is not from 100ms to 15s"),
        ("- exec: {on: n1, run: ls}\n  until: 3s", "until", "has no word 'until'"),
    ],
)
def test_a_slip_is_told_with_its_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(written)
    assert error.field == f"steps[0].{field}"
    assert says in error.problem
