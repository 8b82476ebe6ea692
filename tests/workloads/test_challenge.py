"""What shows that somebody has the token."""

from __future__ import annotations

import pytest

from harness.workloads.challenge import answer, answered, challenge


def test_who_has_the_token_answers_the_challenge() -> None:
    assert answered(answer("t0ken", "c", "n1"), "t0ken", "c", "n1")


@pytest.mark.parametrize(
    ("token", "dared", "name"), [("other", "c", "n1"), ("t0ken", "d", "n1"), ("t0ken", "c", "n2")]
)
def test_an_answer_is_good_for_one_token_one_challenge_and_one_name(
    token: str, dared: str, name: str
) -> None:
    assert not answered(answer("t0ken", "c", "n1"), token, dared, name)


@pytest.mark.parametrize(("token", "dared"), [("", "c"), ("t0ken", "")])
def test_where_there_is_no_token_or_no_challenge_nothing_is_an_answer(token: str, dared: str) -> None:
    assert not answered(answer(token, dared, "n1"), token, dared, "n1")


def test_what_is_no_answer_at_all_is_none() -> None:
    assert not answered("\xe9\ud800".encode("utf-8", "replace").decode(), "t0ken", "c", "n1")


def test_no_challenge_comes_twice() -> None:
    assert len({challenge() for _ in range(100)}) == 100
