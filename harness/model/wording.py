"""A drill's steps as a person would say them."""

from __future__ import annotations

import shlex
from typing import assert_never

from harness.model import hardship
from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    DiskStep,
    ExecStep,
    FaultStep,
    HoldStep,
    ImpairStep,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    StrainStep,
    SwitchStep,
    Trigger,
    WaitFor,
    WaitStep,
    Window,
)
from harness.model.impairment import much_of, name_of
from harness.model.moment import TELLS
from harness.model.plan import TimedStep
from harness.model.units import duration

_WAITS: dict[WaitFor, str] = {
    "steady": "steady",
    "rejoined": "{host} rejoined",
    "failover": "a failover has happened",
}


def words(step: Step, *, short: bool = False) -> str:
    """One line; short leaves the times out."""
    match step:
        case KillStep(verb="power_off", victim=victim):
            return f"power off {victim}" + _when(step, short)
        case KillStep(verb=verb, victim=victim, scope=scope):
            return f"{verb} {victim} ({scope})" + _when(step, short)
        case StrainStep(victim=victim, by=hard):
            much = hardship.much_of(hard)
            return f"{hardship.name_of(hard)} {victim}" + (f" ({much})" if much else "") + _when(step, short)
        case CrashStep(victim=victim, side=side, act=act, what=what, nth=nth):
            nth_text = f" (time {nth})" if nth > 1 else ""
            return f"crash {victim} {side} it {act} {what}{nth_text}" + _when(step, short)
        case PartitionStep(sides=sides, how=how, direction=direction, shape=shape):
            way = "" if direction == "both" else f", {direction}"
            way += "" if shape == "split" else f", {shape}"
            return f"partition {_sides(sides)} ({how}{way}{_flaps(step)})" + _when(step, short)
        case LatencyStep(sides=sides, delay_s=delay_s, jitter_s=jitter_s):
            much = f"{duration(delay_s)} ± {duration(jitter_s)}"
            return f"latency {_sides(sides)} ({much}{_flaps(step)})" + _when(step, short)
        case LossStep(sides=sides, share=share):
            return f"loss {_sides(sides)} ({share * 100:g} %)" + _when(step, short)
        case ImpairStep(sides=sides, by=by, direction=direction):
            said = ", ".join(part for part in (much_of(by), "" if direction == "both" else direction) if part)
            return f"{name_of(by)} {_sides(sides)}" + (f" ({said})" if said else "") + _when(step, short)
        case DiskStep(victim=victim, does=does):
            return f"disk of {victim} ({does})" + _when(step, short)
        case ClockStep(victim=victim, rate=rate):
            return f"clock of {victim} ({rate:g} of the true rate)" + _when(step, short)
        case SwitchStep(victim=victim, how=how):
            return f"power switch of {victim} ({how})" + _when(step, short)
        case WaitStep(wait_for=wait_for, host=host, within_s=within_s):
            return f"wait until {_WAITS[wait_for].format(host=host or 'all')}, within {duration(within_s)}"
        case HoldStep(duration_s=duration_s):
            return f"let the load run for {duration(duration_s)}"
        case ExecStep(host=host, argv=argv):
            return f"exec on {host}: {shlex.join(argv)}{_on(step.on)}" + (
                "" if short else f", {window(step.at)}"
            )
        case ControlStep(action=action, to=to):
            told = f"{action} to {to}" if action == "switchover" else f"order: {action}, {to}"
            return f"{told}{_on(step.on)}" + ("" if short else f", {window(step.at)}")
        case _:
            assert_never(step)


def window(at: Window) -> str:
    """`at 2s`, or `at 1s..2s`."""
    low, high = duration(at.low_s), duration(at.high_s)
    return f"at {low}" if at.low_s == at.high_s else f"at {low}..{high}"


def drawn_at(timed: TimedStep) -> bool:
    """Whether the seed drew when this step happens."""
    match timed.step:
        case WaitStep() | HoldStep():
            return False
        case step:
            return step.at.low_s != step.at.high_s


def trigger(on: Trigger) -> str:
    """`decided`, or `witness/2 sends Granted`, with the count where it is not the first."""
    nth = f" (time {on.nth})" if on.nth > 1 else ""
    act = on.what if on.act == TELLS else f"{on.act} {on.what}"
    return " ".join(part for part in (on.host, act) if part) + nth


def _on(on: Trigger | None) -> str:
    return f", on {trigger(on)}" if on else ""


def _when(step: FaultStep, short: bool) -> str:
    later = " later" if isinstance(step, CrashStep) else ""
    ends = "" if is_restart(step) else f", until {duration(step.until_s)}{later}"
    return _on(step.on) + ("" if short else f", {window(step.at)}{ends}")


def _flaps(step: PartitionStep | LatencyStep) -> str:
    flaps = step.flapping
    return f", on for {duration(flaps.on_s)} of every {duration(flaps.period_s)}" if flaps else ""


def is_restart(step: Step) -> bool:
    """A fault that is over as soon as it has come."""
    return isinstance(step, KillStep) and step.verb == "restart"


def _sides(sides: tuple[tuple[str, ...], ...]) -> str:
    return " | ".join(", ".join(side) for side in sides)
