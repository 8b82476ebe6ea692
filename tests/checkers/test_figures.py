"""Figures: their intervals, and how they read."""

from __future__ import annotations

import pytest

from harness.checkers.figures import NEVER, censored, few, longest, seconds, since
from harness.model.verdict import Figure
from tests.checkers.journals import ends


def test_a_time_since_an_act_carries_the_act_s_interval() -> None:
    assert ends(since(2.0, before_s=1.0, after_s=1.2)) == (0.8, 0.9, 1.0)


def test_no_time_is_less_than_nothing() -> None:
    assert since(1.0, before_s=1.0, after_s=1.2).low == 0.0


def test_the_longest_has_the_longest_ends_of_all() -> None:
    short = Figure(value=1.0, low=0.9, high=1.4)
    other = Figure(value=1.2, low=0.2, high=1.3)
    assert longest([short, other]) == Figure(value=1.2, low=0.9, high=1.4)


def test_what_did_not_come_is_longest() -> None:
    assert longest([Figure(value=1.0, low=1.0, high=1.0), censored(0.3)]) == Figure(
        value=None, low=1.0, high=None
    )
    assert longest([censored(5.0), NEVER]) == NEVER


def test_an_open_end_stays_open() -> None:
    assert longest([Figure(value=1.0, low=1.0, high=None), Figure(value=2.0, low=2.0, high=2.0)]) == Figure(
        value=2.0, low=2.0, high=None
    )


def test_of_none_the_longest_is_nothing() -> None:
    assert longest([]) == Figure(value=0.0, low=0.0, high=0.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.183, "183 ms"), (0.0, "0 ms"), (1.2345, "1.234 s"), (None, "never"), (float("inf"), "never")],
)
def test_seconds_read_as_a_person_says_them(value: float | None, text: str) -> None:
    assert seconds(value) == text


def test_a_few_lines_say_how_many_there_are_more() -> None:
    assert few(["a", "b"], 2) == ("a", "b")
    assert few(["a", "b", "c", "d"], 2) == ("a", "b", "and 2 more")
