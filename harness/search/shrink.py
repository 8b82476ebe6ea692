"""A violating drill -> a smaller one that violates the same. Pure: whether it does is asked.

Greedy, from large to small: whole steps, settings, load, hosts, then shorter and rounder times. What is tried
depends on the drill alone, so the same drill always shrinks to the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import structs

from harness.model.drill import (
    ControlStep,
    CrashStep,
    Drill,
    ExecStep,
    FaultStep,
    HoldStep,
    ImpairStep,
    Json,
    KillStep,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    WaitStep,
    Window,
)
from harness.model.units import duration, seconds

TRIES_MAX = 300
# When the first fault may as well begin.
_SOON_S = (0.3, 1.0)

# What has a time, and may have a moment.
Timed = FaultStep | ControlStep | ExecStep
_Lasting = FaultStep
T = TypeVar("T", bound=Step)
# The drill as it violates still (another seed may have to be taken), or None.
Violates = Callable[[Drill], Drill | None]


def shrink(drill: Drill, violates: Violates, *, tries_max: int = TRIES_MAX) -> Drill:
    """Asks at most so often. Nothing smaller was found in the last round, or the tries are used up."""
    tried: list[Drill] = []
    smaller: Drill | None = drill
    while smaller is not None:
        drill, smaller = smaller, None
        for candidate in _candidates(drill):
            if candidate in tried or candidate == drill:
                continue
            if len(tried) >= tries_max:
                return drill
            tried.append(candidate)
            smaller = violates(candidate)
            if smaller is not None:
                break
    return drill


def _candidates(drill: Drill) -> Iterator[Drill]:
    for steps in (*_fewer(drill.steps), *_sooner(drill.steps)):
        yield structs.replace(drill, steps=steps)
    for settings in _plainer(drill.settings.get(drill.target, {})):
        yield structs.replace(drill, settings={drill.target: settings} if settings else {})
    yield from _lighter(drill)
    for simpler in (_hosts, _words, _times):
        for index, step in enumerate(drill.steps):
            for candidate in simpler(step):
                steps = (*drill.steps[:index], candidate, *drill.steps[index + 1 :])
                yield structs.replace(drill, steps=steps)


def _fewer(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """All but one; the last ones first, since a violation may come early."""
    for index in reversed(range(len(steps))):
        rest = (*steps[:index], *steps[index + 1 :])
        strikes = any(not isinstance(step, WaitStep | HoldStep) for step in rest)
        if strikes and not isinstance(steps[index], WaitStep):
            yield rest


def _sooner(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """All together: what has to fit in time goes on fitting."""
    first_s = min((s.at.low_s for s in steps if isinstance(s, Timed) and s.on is None), default=0.0)
    for begins_s in _SOON_S if first_s > 2 * _SOON_S[-1] else ():
        by_s = first_s - begins_s
        yield tuple(_earlier(step, by_s) for step in steps)


def _earlier(step: Step, by_s: float) -> Step:
    match step:
        case HoldStep(duration_s=hold_s) if hold_s > by_s:
            return structs.replace(step, duration_s=_exact(hold_s - by_s))
        case _ if isinstance(step, Timed) and step.on is None:
            return moved(step, _exact(step.at.low_s - by_s))
    return step


def _plainer(settings: dict[str, Json]) -> Iterator[dict[str, Json]]:
    for name in settings:
        yield {word: value for word, value in settings.items() if word != name}


def _lighter(drill: Drill) -> Iterator[Drill]:
    load = drill.load
    if drill.missed == "go on":
        yield structs.replace(drill, missed="abandon")
    if drill.clients:
        yield structs.replace(drill, clients={})
    if load.readers:
        yield structs.replace(drill, load=structs.replace(load, readers=0))
    if load.readers > 1:
        yield structs.replace(drill, load=structs.replace(load, readers=1))
    if load.writers > 1:
        yield structs.replace(drill, load=structs.replace(load, writers=1))
    if load.timeout_s != 1.0:
        yield structs.replace(drill, load=structs.replace(load, timeout_s=1.0))


def _hosts(step: Step) -> Iterator[Step]:
    """One host less on a side."""
    if not isinstance(step, PartitionStep | LatencyStep | LossStep | ImpairStep):
        return
    for index, side in enumerate(step.sides):
        for word in side if len(side) > 1 else ():
            left = tuple(other for other in side if other != word)
            yield structs.replace(step, sides=(*step.sides[:index], left, *step.sides[index + 1 :]))


def _words(step: Step) -> Iterator[Step]:
    """The usual in place of the special."""
    if isinstance(step, PartitionStep):
        if step.direction != "both":
            yield structs.replace(step, direction="both")
        if step.shape != "split":
            yield structs.replace(step, shape="split")
        if step.how != "drop":
            yield structs.replace(step, how="drop")
    if isinstance(step, KillStep) and step.scope == "host":
        yield structs.replace(step, scope="process")
    if isinstance(step, LatencyStep) and step.jitter_s:
        yield structs.replace(step, jitter_s=0.0)
    if isinstance(step, CrashStep) and step.nth > 1:
        yield structs.replace(step, nth=1)
    if isinstance(step, Timed) and step.on is not None:
        if step.on.nth > 1:
            yield structs.replace(step, on=structs.replace(step.on, nth=1))
        yield _untied(step)


def _untied(step: Timed) -> Step:
    """A plain time in place of a moment."""
    return moved(structs.replace(step, on=None), 1.0)


def _times(step: Step) -> Iterator[Step]:
    if isinstance(step, HoldStep):
        for hold_s in _rounder(step.duration_s):
            yield structs.replace(step, duration_s=hold_s)
        return
    if isinstance(step, WaitStep):
        return
    for at_s in (0.0, *_rounder(step.at.low_s)) if step.at.low_s else ():
        yield moved(step, at_s)
    if isinstance(step, _Lasting):
        begin_s = 0.0 if isinstance(step, CrashStep) else step.at.high_s
        for lasts_s in _rounder(step.until_s - begin_s):
            yield structs.replace(step, until_s=_exact(begin_s + lasts_s))


def moved(step: Timed, at_s: float) -> Timed:
    """To another time; what lasts keeps its length."""
    at = Window(at_s, at_s)
    if isinstance(step, ControlStep | CrashStep | ExecStep):
        return structs.replace(step, at=at)
    return structs.replace(step, at=at, until_s=_exact(at_s + step.until_s - step.at.high_s))


def _rounder(value_s: float) -> Iterator[float]:
    """Shorter ones first, each with fewer digits or half as long; never nothing."""
    halves = (value_s / 4, value_s / 2)
    digits = (0, 1, 2)
    for found_s in dict.fromkeys(round(v, d) for d in digits for v in (*halves, value_s)):
        if found_s > 0 and (found_s < value_s or _digits(found_s) < _digits(value_s)):
            yield _exact(found_s)


def _digits(value_s: float) -> int:
    return len(f"{value_s:.6f}".rstrip("0").partition(".")[2])


def _exact(value_s: float) -> float:
    """As a file would say it."""
    return seconds(duration(round(value_s, 6)))
