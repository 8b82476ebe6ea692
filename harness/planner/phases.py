"""When each step happens: phases drawn from the seed, apart for each drill, trial and step.

So the same seed gives the same plan, and another trial or another step changes none of those before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from msgspec import structs

from harness.model.drill import Drill, HoldStep, LatencyStep, PartitionStep, Step, WaitStep, Window
from harness.model.plan import TimedStep, TrialPlan

_DIGITS = 6  # a microsecond: finer than anything injects


def trial_plans(drill: Drill, *, seed: int, trials: int) -> tuple[TrialPlan, ...]:
    return tuple(
        TrialPlan(
            number=number,
            steps=tuple(
                timed
                for index, step in enumerate(drill.steps)
                for timed in _timed(step, _at_s(step, f"{seed}/{drill.name}/{number}/{index}"))
            ),
        )
        for number in range(1, trials + 1)
    )


def _timed(step: Step, at_s: float) -> Iterator[TimedStep]:
    """What flaps is a fault of its own each time that it comes on; no last one that is too short."""
    if not isinstance(step, PartitionStep | LatencyStep) or step.flapping is None:
        yield TimedStep(step=step, at_s=at_s)
        return
    flapping = step.flapping
    for nth in count():
        on_s = round(at_s + nth * flapping.period_s, _DIGITS)
        off_s = round(min(on_s + flapping.on_s, step.until_s), _DIGITS)
        if nth and off_s - on_s < flapping.on_s / 2:
            return
        once = structs.replace(step, at=Window(on_s, on_s), until_s=off_s, flapping=None)
        yield TimedStep(step=once, at_s=on_s, repeats=nth)


def _at_s(step: Step, key: str) -> float:
    match step:
        case WaitStep() | HoldStep():
            return 0.0
        case _:
            return _drawn_s(step.at, key)


def _drawn_s(window: Window, key: str) -> float:
    if window.low_s == window.high_s:
        return window.low_s
    return round(window.low_s + Random(key).random() * (window.high_s - window.low_s), _DIGITS)
