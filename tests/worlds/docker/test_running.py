from __future__ import annotations

import pytest

from harness.model.errors import DrillError, ExitCode
from harness.worlds.docker.running import chosen


def test_the_only_stack_needs_no_name() -> None:
    assert chosen(["a1"], "") == "a1"


def test_of_several_one_is_named() -> None:
    assert chosen(["a1", "b2"], "b2") == "b2"


@pytest.mark.parametrize(
    ("runs", "named", "fix"),
    [
        ([], "", "`failover-drill up` brings one up"),
        ([], "a1", "no stack of run 'a1' is there; no stack runs"),
        (["a1", "b2"], "", "there are a1, b2; name one with --run"),
        (["a1", "b2"], "c3", "no stack of run 'c3' is there; there are a1, b2"),
    ],
)
def test_what_cannot_be_chosen_is_told_with_what_there_is(runs: list[str], named: str, fix: str) -> None:
    with pytest.raises(DrillError, match=fix) as told:
        chosen(runs, named)
    assert told.value.exit_code is ExitCode.WRONG_INPUT
