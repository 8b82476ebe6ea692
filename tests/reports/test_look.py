"""Numbers and signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.look import Look, look_for, span, time


@pytest.mark.parametrize(
    ("value_s", "text"),
    [
        (0.0, "0 ms"),
        (0.00042, "0.4 ms"),
        (0.00994, "9.9 ms"),
        (0.00996, "10 ms"),
        (0.1874, "187 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.00 s"),
        (3.412, "3.41 s"),
        (612.0, "612 s"),
        (None, "never"),
        (float("inf"), "never"),
        (-0.002, "-2.0 ms"),
    ],
)
def test_a_time_carries_its_unit_and_no_false_precision(value_s: float | None, text: str) -> None:
    assert time(value_s) == text


def test_an_interval_whose_ends_read_the_same_is_one_number() -> None:
    assert span(0.4121, 0.4123) == "412 ms"
    assert span(0.412, 0.431) == "412 ms – 431 ms"


@given(st.text())
def test_ascii_text_is_ascii(text: str) -> None:
    assert Look(ascii=True).text(text).isascii()


@pytest.mark.parametrize(
    ("encoding", "ascii"), [("utf-8", False), ("UTF8", False), ("ascii", True), (None, True)]
)
def test_only_utf_streams_get_signs_beyond_ascii(encoding: str | None, ascii: bool) -> None:
    assert look_for(encoding).ascii is ascii
