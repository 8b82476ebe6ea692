"""Faults that go on and off, as a person writes them, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.model.drill import Flapping, LatencyStep, PartitionStep
from tests.drillfile.written import step, wrong_step

LATENCY = "- latency: [[primary], rest]\n  delay: 30ms\n  at: 1s..2s\n  until: 9s\n  flapping: "


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{period: 2s}", Flapping(period_s=2, on_s=1)),
        ("{period: 2s, duty: 25%}", Flapping(period_s=2, on_s=0.5)),
    ],
)
def test_what_flaps_says_how_often_and_for_how_long(written: str, expected: Flapping) -> None:
    slow = step(LATENCY + written)
    assert isinstance(slow, LatencyStep) and slow.flapping == expected
    cut = step(f"- isolate: primary\n  until: 9s\n  flapping: {written}")
    assert isinstance(cut, PartitionStep) and cut.flapping == expected


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("2s", "flapping", "write for instance {period: 2s}"),
        ("{duty: 50%}", "flapping", "needs the word 'period'; write `period: 2s`"),
        ("{period: 2s, duty: 0%}", "flapping.duty", "no share from 1% to 99%; write for instance 50%"),
        ("{period: 2s, duty: 100%}", "flapping.duty", "no share from 1% to 99%"),
        ("{period: 1s, duty: 10%}", "flapping", "on for 100ms of 1s: each part lasts 300ms or more"),
        ("{period: 1s, duty: 80%}", "flapping", "each part lasts 300ms or more"),
        ("{period: 10ms}", "flapping.period", "not from 600ms to"),
    ],
)
def test_a_slip_is_told_with_its_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(LATENCY + written)
    assert error.field == f"steps[0].{field}"
    assert says in error.problem


def test_nobody_flaps_for_ever() -> None:
    error = wrong_step("- isolate: primary\n  until: 1000s\n  flapping: {period: 2s}")
    assert "it would come on 500 times; 100 are the most" in error.problem
