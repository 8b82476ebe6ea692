"""Hardships, restarts and power cuts as a person writes them, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.model.drill import KillStep, Step, StrainStep, Window
from harness.model.hardship import Cpu, DiskFull, FailingFsync, Hardship, Memory, SlowFsync
from tests.drillfile.written import step, wrong_step


def strain(by: Hardship) -> StrainStep:
    return StrainStep(victim="primary", by=by, at=Window(1, 2), until_s=4)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("- cpu: primary\n  share: 10%\n  at: 1s..2s\n  until: 4s", strain(Cpu(0.1))),
        ("- memory: primary\n  limit: 64MB\n  at: 1s..2s\n  until: 4s", strain(Memory(64))),
        ("- memory: primary\n  limit: 2GB\n  at: 1s..2s\n  until: 4s", strain(Memory(2000))),
        ("- slow_fsync: primary\n  delay: 200ms\n  at: 1s..2s\n  until: 4s", strain(SlowFsync(0.2))),
        ("- failing_fsync: primary\n  at: 1s..2s\n  until: 4s", strain(FailingFsync())),
        ("- disk_full: primary\n  at: 1s..2s\n  until: 4s", strain(DiskFull())),
        (
            "- restart: primary\n  at: 1s..2s",
            KillStep(verb="restart", victim="primary", scope="process", at=Window(1, 2), until_s=2),
        ),
        (
            "- power_off: n1\n  until: 4s",
            KillStep(verb="power_off", victim="n1", scope="host", at=Window(0, 0), until_s=4),
        ),
    ],
)
def test_a_step_is_what_was_written(written: str, expected: Step) -> None:
    assert step(written) == expected


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("- cpu: primary\n  share: 0%\n  until: 3s", "share", "no share from 1% to 100%"),
        ("- cpu: primary\n  share: 0.1\n  until: 3s", "share", "write for instance 10%"),
        ("- cpu: primary\n  until: 3s", "", "needs the word 'share'"),
        ("- memory: primary\n  limit: 1MB\n  until: 3s", "limit", "no size from 8MB to 1000GB"),
        ("- memory: primary\n  limit: 64\n  until: 3s", "limit", "write for instance 64MB"),
        ("- slow_fsync: primary\n  delay: 0s\n  until: 3s", "delay", "is not from 1ms to 1m"),
        ("- failing_fsync: primary\n  at: 2s\n  until: 1s", "until", "1s is not after 2s"),
        ("- restart: primary\n  until: 3s", "until", "has no word 'until'"),
        ("- power_off: primary\n  scope: host\n  until: 3s", "scope", "has no word 'scope'"),
    ],
)
def test_a_slip_is_told_with_its_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(written)
    assert error.field == ("steps[0]" + (f".{field}" if field else ""))
    assert says in error.problem
