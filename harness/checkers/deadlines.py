"""A wait that expired is the deadline of what it waited for: what came only later came never."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from harness.checkers.acts import Act
from harness.checkers.figures import NEVER
from harness.checkers.history import Trial
from harness.checkers.outage import Down, Outage
from harness.model.drill import WaitStep
from harness.model.plan import TimedStep
from harness.model.verdict import Figure

_DEADLINE_OF: Mapping[str, tuple[str, ...]] = {
    "rejoined": ("rejoin",),
    "failover": ("detection", "outage"),
    "steady": ("outage", "rejoin"),
}


class Times(Struct, frozen=True, kw_only=True):
    """What one trial measured in seconds; None where a measure does not apply."""

    detection: Figure | None
    outage: Outage | None
    rejoin: Figure | None


def within(times: Times, trial: Trial, steps: Sequence[TimedStep]) -> Times:
    """The times as they are once every wait that expired after the fault has cut off what it waited for."""
    act = trial.main
    if act is None:
        return times
    for wait in trial.waits:
        step = steps[wait.index].step if 0 <= wait.index < len(steps) else None
        if not wait.met and isinstance(step, WaitStep) and wait.at_s > act.before_s:
            times = _cut_off(times, act, step.wait_for, wait.at_s)
    return times


def _cut_off(times: Times, act: Act, wait_for: str, deadline_s: float) -> Times:
    names = _DEADLINE_OF[wait_for]
    detected, main, back = times.detection, times.outage, times.rejoin
    if "detection" in names:
        detected = _never_after(detected, act.middle_s, deadline_s)
    if "outage" in names and main is not None and any(_lasted(down, deadline_s) for down in main.downs):
        main = structs.replace(main, figure=NEVER)
    if "rejoin" in names and act.ended is not None:
        back = _never_after(back, act.ended.after_s, deadline_s)
    return Times(detection=detected, outage=main, rejoin=back)


def _never_after(figure: Figure | None, from_s: float, deadline_s: float) -> Figure | None:
    if figure is None or (figure.value is not None and from_s + figure.value <= deadline_s):
        return figure
    return NEVER


def _lasted(down: Down, deadline_s: float) -> bool:
    return down.from_s < deadline_s and (down.figure.value is None or down.end_s > deadline_s)
