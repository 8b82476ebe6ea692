"""Was the harness awake while it measured?"""

from __future__ import annotations

import pytest

from harness.checkers import noise
from tests.checkers.journals import stalled


def test_a_stall_beyond_the_limit_is_named() -> None:
    text = noise.check([stalled(1.0, 1.2, who="client1")], from_s=0.9, to_s=2.0, limit_s=0.05)
    assert text == "client1 was not scheduled for 200 ms at 1.000 s (limit 50 ms)"


def test_the_longest_is_named() -> None:
    text = noise.check([stalled(1.0, 1.1), stalled(1.2, 1.5)], from_s=0.9, to_s=2.0, limit_s=0.05)
    assert "300 ms" in text


@pytest.mark.parametrize(
    ("from_s", "to_s", "noisy"),
    [(0.0, 0.99, False), (0.0, 1.0, True), (1.1, 2.0, True), (1.21, 2.0, False), (1.05, 1.06, True)],
)
def test_only_one_that_overlaps_what_was_timed_counts(from_s: float, to_s: float, noisy: bool) -> None:
    assert bool(noise.check([stalled(1.0, 1.2)], from_s=from_s, to_s=to_s, limit_s=0.05)) == noisy


def test_one_within_the_limit_is_none() -> None:
    assert noise.check([stalled(1.0, 1.0625)], from_s=0.0, to_s=2.0, limit_s=0.0625) == ""
    assert noise.check([stalled(1.0, 1.04)], from_s=0.0, to_s=2.0, limit_s=0.05) == ""
