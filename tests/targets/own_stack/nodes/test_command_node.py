"""A node that is asked by a command in its own container."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from harness.model.ownstack import AskRole
from harness.seams import NOT_RUN
from targets.own_stack.nodes.command_node import CommandNodes

BY_CODE = AskRole(by="command", command=("is-primary",))
BY_WORD = AskRole(by="command", command=("role",), is_primary="leader")


def nodes(ask: AskRole, code: int, said: str = "") -> CommandNodes:
    def inside(host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
        assert host == "a"
        return code, said

    return CommandNodes(inside, ask=ask, everything=("dump",))


@pytest.mark.parametrize(("code", "role"), [(0, "primary"), (1, "standby")])
def test_without_a_word_the_exit_code_tells(code: int, role: str) -> None:
    assert nodes(BY_CODE, code).open("a").role() == role


@pytest.mark.parametrize(("said", "role"), [("hello\nleader\n", "primary"), ("follower\n", "standby")])
def test_the_last_line_is_compared_with_what_the_stack_file_says(said: str, role: str) -> None:
    assert nodes(BY_WORD, 0, said).open("a").role() == role


@pytest.mark.parametrize("said", ["", " \n"])
def test_who_says_nothing_is_silent_and_denies_nothing(said: str) -> None:
    """As `redis-cli role | head -1` of a server that is still starting: no standby, and no end of a reign."""
    with pytest.raises(ConnectionError, match="`role` said nothing"):
        nodes(BY_WORD, 0, said).open("a").role()


@pytest.mark.parametrize(("ask", "code"), [(BY_CODE, 2), (BY_WORD, 1)])
def test_another_exit_code_is_no_word_and_a_person_s_to_mend(ask: AskRole, code: int) -> None:
    with pytest.raises(ValueError, match=f"ended with {code}"):
        nodes(ask, code).open("a").role()


@pytest.mark.parametrize("code", [NOT_RUN, 124, 137])
def test_a_host_that_runs_nothing_is_silent(code: int) -> None:
    with pytest.raises(ConnectionError, match="container is paused"):
        nodes(BY_CODE, code, "container is paused").open("a").role()


def test_everything_is_what_it_prints() -> None:
    assert nodes(BY_CODE, 0, "v1\nv2\n").values("a") == ["v1", "v2"]
    with pytest.raises(ValueError, match="`dump` ended with 7"):
        nodes(BY_CODE, 7).values("a")
