"""The one parser of durations and rates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.units import duration, rate_per_s, seconds


@pytest.mark.parametrize(
    ("text", "expected_s"),
    [("100ms", 0.1), ("1s", 1.0), ("2m", 120.0), ("1.5s", 1.5), ("250us", 0.00025), ("1h", 3600), ("0s", 0)],
)
def test_a_duration_is_read_with_its_unit(text: str, expected_s: float) -> None:
    assert seconds(text) == pytest.approx(expected_s)


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("100", "write 100s or 100ms"),
        (100, "write 100s or 100ms"),
        ("-1s", "write it like 100ms"),
        ("fast", "write it like 100ms"),
        ("3 parsecs", "unknown unit 'parsecs'"),
        (True, "write it like 100ms"),
        (None, "write it like 100ms"),
        ("", "write it like 100ms"),
        ("1s 2ms", "write it like 100ms"),
    ],
)
def test_a_wrong_duration_is_refused_with_the_fix(text: object, fix: str) -> None:
    with pytest.raises(ValueError, match=fix):
        seconds(text)


def test_a_rate_is_read_per_second() -> None:
    assert rate_per_s("50/s") == 50
    assert rate_per_s("30/m") == 0.5


@pytest.mark.parametrize("text", ["50", 50, "50/x", "fast", "-1/s", None, "50/"])
def test_a_wrong_rate_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"write|use"):
        rate_per_s(text)


@given(st.integers(min_value=1, max_value=10**9))
def test_a_written_duration_reads_back_as_itself(value_us: int) -> None:
    assert seconds(duration(value_us / 1e6)) == pytest.approx(value_us / 1e6, rel=1e-5)
