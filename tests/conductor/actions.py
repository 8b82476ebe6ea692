"""Steps of a drill, planned: what tests of the conductor are made of."""

from __future__ import annotations

from typing import Literal

from msgspec import structs

from harness.model.drill import (
    ControlStep,
    CrashStep,
    HoldStep,
    KillStep,
    Step,
    Trigger,
    WaitFor,
    WaitStep,
    Window,
)
from harness.model.plan import TimedStep


def wait(wait_for: WaitFor, host: str = "") -> TimedStep:
    return TimedStep(step=WaitStep(wait_for=wait_for, host=host, within_s=5.0))


def kill(victim: str, *, at: float, until: float = 9.0, verb: Literal["kill", "stop"] = "kill") -> TimedStep:
    step = KillStep(verb=verb, victim=victim, scope="process", at=Window(at, at), until_s=until)
    return TimedStep(step=step, at_s=at)


def on(act: str, what: str, *, host: str = "", nth: int = 1) -> Trigger:
    return Trigger(act=act, what=what, host=host, nth=nth, within_s=4.0)


def kill_on(trigger: Trigger, victim: str = "n1", *, at: float = 0.0) -> TimedStep:
    """It lasts 3 s."""
    timed = kill(victim, at=at, until=at + 3.0)
    assert isinstance(timed.step, KillStep)
    return structs.replace(timed, step=structs.replace(timed.step, on=trigger))


def crash(victim: str = "n1", *, until: float = 2.0) -> TimedStep:
    """Before it answers a client."""
    step = CrashStep(
        victim=victim,
        side="before",
        act="sends",
        what="Reply",
        at=Window(1.0, 1.0),
        within_s=4.0,
        until_s=until,
    )
    return TimedStep(step=step, at_s=1.0)


def timed(step: Step, at: float = 0.0) -> TimedStep:
    return TimedStep(step=step, at_s=at)


def hold(duration_s: float) -> TimedStep:
    return timed(HoldStep(duration_s=duration_s))


def switchover(to: str = "standby", *, at: float = 1.0) -> TimedStep:
    return timed(ControlStep(action="switchover", to=to, at=Window(at, at)), at)
