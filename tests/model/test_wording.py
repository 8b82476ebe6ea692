"""A drill's steps as a person would say them."""

from __future__ import annotations

import pytest

from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    HoldStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    Trigger,
    WaitStep,
    Window,
)
from harness.model.plan import TimedStep
from harness.model.wording import drawn_at, words

KILL = KillStep(verb="kill", victim="primary", scope="host", at=Window(1, 2), until_s=3)


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (
            PartitionStep(
                sides=(("primary", "client/1"), ("rest",)),
                how="drop",
                direction="in",
                at=Window(1, 1),
                until_s=3,
            ),
            "partition primary, client/1 | rest (drop, in), at 1s, until 3s",
        ),
        (
            LatencyStep(
                sides=(("primary",), ("rest",)), delay_s=0.05, jitter_s=0.01, at=Window(1, 2), until_s=3
            ),
            "latency primary | rest (50ms ± 10ms), at 1s..2s, until 3s",
        ),
        (
            LossStep(sides=(("primary",), ("rest",)), share=0.05, at=Window(1, 2), until_s=3),
            "loss primary | rest (5 %), at 1s..2s, until 3s",
        ),
        (
            DiskStep(victim="primary", does="stall", at=Window(1, 1), until_s=3),
            "disk of primary (stall), at 1s, until 3s",
        ),
        (
            ClockStep(victim="w1", rate=1.0005, at=Window(0, 0), until_s=3),
            "clock of w1 (1.0005 of the true rate), at 0s, until 3s",
        ),
        (WaitStep(wait_for="rejoined", host="victim", within_s=20), "wait until victim rejoined, within 20s"),
        (WaitStep(wait_for="failover", within_s=5), "wait until a failover has happened, within 5s"),
        (
            CrashStep(
                victim="witnesses",
                side="before",
                act="sends",
                what="Seal",
                nth=2,
                at=Window(1, 1),
                within_s=9,
                until_s=3,
            ),
            "crash witnesses before it sends Seal (time 2), at 1s, until 3s later",
        ),
        (
            ControlStep(
                action="switchover",
                to="standby",
                at=Window(0, 0),
                on=Trigger(act="sends", what="Granted", host="w2", nth=3, within_s=9),
            ),
            "switchover to standby, on w2 sends Granted (time 3), at 0s",
        ),
        (HoldStep(duration_s=60), "let the load run for 1m"),
        (ControlStep(action="switchover", to="standby", at=Window(1, 1)), "switchover to standby, at 1s"),
        (ControlStep(action="power off", to="n2", at=Window(1, 1)), "order: power off, n2, at 1s"),
    ],
)
def test_a_step_reads_as_a_person_would_say_it(step: Step, text: str) -> None:
    assert words(step) == text


def test_short_leaves_the_times_out() -> None:
    assert words(KILL) == "kill primary (host), at 1s..2s, until 3s"
    assert words(KILL, short=True) == "kill primary (host)"


def test_only_a_window_is_drawn() -> None:
    assert drawn_at(TimedStep(step=KILL, at_s=1.5))
    assert not drawn_at(TimedStep(step=HoldStep(duration_s=1.0)))
