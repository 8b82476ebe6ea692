"""Lossy links, disks and clocks as a person writes them, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.model.drill import ClockStep, DiskStep, LossStep, Step, Trigger, Window
from tests.drillfile.written import step, wrong_step


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "- loss: [[primary], rest]\n  share: 2.5%\n  at: 1s..2s\n  until: 6s",
            LossStep(sides=(("primary",), ("rest",)), share=0.025, at=Window(1, 2), until_s=6),
        ),
        (
            "- disk: primary\n  does: stall\n  at: 1s\n  until: 4s",
            DiskStep(victim="primary", does="stall", at=Window(1, 1), until_s=4),
        ),
        (
            "- disk: witness/2\n  does: lose\n  on: decided\n  until: 1s",
            DiskStep(
                victim="witness/2",
                does="lose",
                at=Window(0, 0),
                until_s=1,
                on=Trigger(act="tells", what="decided", within_s=20.0),
            ),
        ),
        (
            "- clock: n1\n  rate: 0.9995\n  until: 4s",
            ClockStep(victim="n1", rate=0.9995, at=Window(0, 0), until_s=4),
        ),
    ],
)
def test_a_step_is_what_was_written(written: str, expected: Step) -> None:
    assert step(written) == expected


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("- loss: [[primary], rest]\n  share: 5\n  until: 3s", "share", "write for instance 5%"),
        ("- loss: [[primary], rest]\n  share: 0%\n  until: 3s", "share", "no share above 0% and up to 90%"),
        ("- loss: [[primary], rest]\n  share: 95%\n  until: 3s", "share", "no share above 0% and up to 90%"),
        ("- loss: [[primary], rest]\n  until: 3s", "", "needs the word 'share'; write `share: 5%`"),
        ("- loss: primary\n  share: 5%\n  until: 3s", "loss", "at least two sides"),
        ("- disk: primary\n  does: stal\n  until: 3s", "does", "did you mean 'stall'?"),
        ("- disk: primary\n  until: 3s", "", "needs the word 'does'; write `does: stall`"),
        ("- disk: primary\n  does: fail\n  at: 2s\n  until: 1s", "until", "1s is not after 2s"),
        ("- clock: primary\n  rate: 0\n  until: 3s", "rate", "no rate from 0.1 to 10"),
        ("- clock: primary\n  rate: fast\n  until: 3s", "rate", "1.0005 gains half a millisecond a second"),
        ("- clock: primary\n  rate: -1\n  until: 3s", "rate", "no rate from 0.1 to 10"),
    ],
)
def test_a_slip_is_told_with_its_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(written)
    assert error.field == ("steps[0]" + (f".{field}" if field else ""))
    assert says in error.problem
