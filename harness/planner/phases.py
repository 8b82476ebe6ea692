"""When each step happens: phases drawn from the seed, apart for each drill, trial and step.

So the same seed gives the same plan, and another trial or another step changes none of those before it.
"""

from __future__ import annotations

from random import Random

from harness.model.drill import Drill, HoldStep, Step, WaitStep, Window
from harness.model.plan import TimedStep, TrialPlan

_DIGITS = 6  # a microsecond: finer than anything injects


def trial_plans(drill: Drill, *, seed: int, trials: int) -> tuple[TrialPlan, ...]:
    return tuple(
        TrialPlan(
            number=number,
            steps=tuple(
                TimedStep(step=step, at_s=_at_s(step, f"{seed}/{drill.name}/{number}/{index}"))
                for index, step in enumerate(drill.steps)
            ),
        )
        for number in range(1, trials + 1)
    )


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
