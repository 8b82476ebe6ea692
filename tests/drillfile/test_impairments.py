"""Links that carry bytes badly, as a person writes them: read, written back, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.drillfile.writing import written
from harness.model.drill import ImpairStep, Window
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from tests.drillfile.written import read, step, with_steps, wrong_step

SIDES = "[[primary], rest]"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (f"- bandwidth: {SIDES}\n  rate: 100KB/s\n  until: 3s", Bandwidth(100)),
        (f"- bandwidth: {SIDES}\n  rate: 2 MB/s\n  until: 3s", Bandwidth(2000)),
        (f"- slicing: {SIDES}\n  piece_bytes: 64\n  apart: 1ms\n  until: 3s", Slicing(64, 0.001)),
        (f"- slicing: {SIDES}\n  piece_bytes: 1\n  until: 3s", Slicing(1, 0.0)),
        (f"- reset: {SIDES}\n  until: 3s", Reset()),
        (f"- slow_close: {SIDES}\n  delay: 2s\n  until: 3s", SlowClose(2.0)),
    ],
)
def test_an_impairment_is_read_and_written_as_it_was(text: str, by: Impairment) -> None:
    there = ImpairStep(
        sides=(("primary",), ("rest",)), by=by, direction="both", at=Window(0, 0), until_s=3, on=None
    )
    assert step(text) == there
    drill = read(with_steps(text))
    assert read(written(drill)).steps == drill.steps


def test_one_way_is_read_and_written_too() -> None:
    text = f"- slow_close: {SIDES}\n  delay: 2s\n  direction: in\n  until: 3s"
    there = step(text)
    assert isinstance(there, ImpairStep)
    assert there.direction == "in"
    drill = read(with_steps(text))
    assert read(written(drill)).steps == drill.steps


@pytest.mark.parametrize(
    ("text", "field", "says"),
    [
        ("- bandwidth: [a, b]\n  until: 3s", "steps[0]", "needs the word 'rate'"),
        ("- bandwidth: [a, b]\n  rate: 0KB/s\n  until: 3s", "steps[0].rate", "how: stall"),
        ("- bandwidth: [a, b]\n  rate: 100\n  until: 3s", "steps[0].rate", "write for instance 100KB/s"),
        ("- bandwidth: [a, b]\n  rate: 9999999MB/s\n  until: 3s", "steps[0].rate", "to 1000MB/s"),
        ("- slicing: [a, b]\n  piece_bytes: 0\n  until: 3s", "steps[0].piece_bytes", "from 1 to 65536"),
        ("- reset: [a, b]\n  direction: in\n  until: 3s", "steps[0].direction", "no word 'direction'"),
        ("- slow_close: [a, b]\n  delay: 0s\n  until: 3s", "steps[0].delay", "from 1ms"),
        (
            "- bandwidth: [a, b, c]\n  rate: 1KB/s\n  direction: in\n  until: 3s",
            "steps[0].direction",
            "one way is between two sides, here are 3",
        ),
    ],
)
def test_a_slip_is_told_with_its_field_and_the_fix(text: str, field: str, says: str) -> None:
    error = wrong_step(text)
    assert error.field == field
    assert says in error.problem
