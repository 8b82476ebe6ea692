"""A, B, C and D judge alike, and D as the definition says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.checkers.linear.search import search
from tests.checkers.linear.agreement import FAST, by_definition, compared, disagreement, looked_at
from tests.checkers.linear.randomhistories import MODELS, a_history


@pytest.mark.parametrize("of", FAST)
@given(draw=st.randoms(use_true_random=False))
def test_the_fast_checkers_agree_with_the_search(of: str, draw: Random) -> None:
    assert disagreement(a_history(draw, of), of) == ""


@pytest.mark.parametrize("of", FAST)
def test_they_agree_on_a_thousand_histories_of_which_many_are_violations(of: str) -> None:
    yes, no, found = compared(range(1000), of)
    assert found == "" and min(yes, no) > 150


@pytest.mark.parametrize("of", MODELS)
def test_the_search_finds_an_order_where_any_order_does(of: str) -> None:
    for number in range(150):
        few = a_history(Random(f"{of} {number}"), of)[:5]
        assert (search(few, MODELS[of]).judgement == "pass") == by_definition(few, MODELS[of]), few


def test_the_long_run_takes_the_kinds_in_turn() -> None:
    seen = [looked_at(number) for number in range(400)]
    assert all(found.wrong == () for found in seen)
    assert {found.came_to for found in seen} == {"linearizable", "not linearizable"}
