"""A crash as a person writes it: whom, on which side of which act, and every slip with its fix."""

from __future__ import annotations

import pytest

from harness.model.drill import CrashStep, Trigger, Window
from tests.drillfile.written import step, wrong_step


def test_it_names_its_victims_and_one_point() -> None:
    assert step("- crash: witnesses\n  before: {sends: Seal, nth: 2}\n  until: 3s") == CrashStep(
        victim="witnesses",
        side="before",
        act="sends",
        what="Seal",
        nth=2,
        at=Window(0, 0),
        within_s=20.0,
        until_s=3.0,
    )


def test_it_may_lie_in_wait_from_a_moment_on_and_only_for_so_long() -> None:
    written = "- crash: coordinator\n  on: decided\n  after: {persists: register}\n  within: 2s\n  until: 1s"
    assert step(written) == CrashStep(
        victim="coordinator",
        side="after",
        act="persists",
        what="register",
        at=Window(0, 0),
        within_s=2.0,
        until_s=1.0,
        on=Trigger(act="tells", what="decided", within_s=2.0),
    )


def test_within_alone_is_about_its_point() -> None:
    read = step("- crash: w1\n  before: {sends: Seal}\n  within: 2s\n  until: 1s")
    assert isinstance(read, CrashStep)
    assert (read.within_s, read.on) == (2.0, None)


def test_until_counts_from_its_death_so_it_may_be_shorter_than_at() -> None:
    read = step("- crash: w1\n  before: {sends: Seal}\n  at: 5s\n  until: 1s")
    assert isinstance(read, CrashStep)
    assert (read.at, read.until_s) == (Window(5, 5), 1.0)


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("until: 3s", "steps[0]", "a crash needs its point; write before: {sends: Seal}, or after:"),
        (
            "before: {sends: Seal}\n  after: {sends: Seal}\n  until: 3s",
            "steps[0].after",
            "either before or after an act; keep one",
        ),
        ("before: Seal\n  until: 3s", "steps[0].before", "a point is a block of words"),
        ("before: {sends: Seal, host: w1}\n  until: 3s", "steps[0].before.host", "has no word 'host'"),
        ("before: {nth: 2}\n  until: 3s", "steps[0].before", "a moment needs an act"),
        ("before: {sends: Seal}", "steps[0]", "needs the word 'until'"),
        ("before: {sends: Seal}\n  until: 0s", "steps[0].until", "'0s' is not from 1ms"),
    ],
)
def test_a_slip_is_told_with_its_field_and_fix(written: str, field: str, says: str) -> None:
    error = wrong_step(f"- crash: witnesses\n  {written}")
    assert (error.field, says in error.problem) == (field, True), error.problem
