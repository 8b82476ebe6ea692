"""A step that counts from an act inside the target -> the same from what every world hears. Pure.

What a machine sends or keeps shows in the simulator alone; a phase that a host tells, or a plain time, shows in
any world. When the moment came is in the journal of a run: nearest phase first, then the time itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import structs

from harness.ids import moment_id
from harness.model.drill import ControlStep, CrashStep, Drill, FaultStep, Trigger
from harness.model.event import MomentCame, PhaseReached
from harness.model.journal import Entry, TrialBegan, WaitEnded
from harness.model.moment import TELLS
from harness.search.shrink import Timed, moved
from harness.search.steps import to_ms

# A phase longer ago has little to do with it.
_NEAR_S = 1.0


def tied(drill: Drill) -> tuple[int, ...]:
    """The steps that only a world that looks inside can play. A crash point lies inside by its nature."""
    return tuple(index for index, step in enumerate(drill.steps) if _is_tied(step))


def untied(drill: Drill, index: int, entries: Sequence[Entry]) -> Iterator[Drill]:
    """entries: of a run of this very drill. Nothing where the moment never came."""
    step = drill.steps[index]
    trial = next((entry.trial for entry in entries if isinstance(entry, TrialBegan)), 0)
    name = moment_id(trial, index)
    came_s = next((e.at_s for e in entries if isinstance(e, MomentCame) and e.moment_id == name), None)
    if came_s is None or not isinstance(step, FaultStep | ControlStep):
        return
    for other in (*_from_phases(step, came_s, entries), *_from_times(step, came_s, entries)):
        yield structs.replace(drill, steps=(*drill.steps[:index], other, *drill.steps[index + 1 :]))


def _is_tied(step: object) -> bool:
    if not isinstance(step, FaultStep | ControlStep) or isinstance(step, CrashStep):
        return False
    return step.on is not None and step.on.act != TELLS


def _from_phases(step: Timed, came_s: float, entries: Sequence[Entry]) -> Iterator[Timed]:
    told = [e for e in entries if isinstance(e, PhaseReached) and 0 <= came_s - e.at_s < _NEAR_S]
    assert step.on is not None
    for nearest in reversed(told):
        same = [e for e in entries if isinstance(e, PhaseReached) and e.phase == nearest.phase]
        nth = sum(e.at_s <= nearest.at_s for e in same)
        on = Trigger(act=TELLS, what=nearest.phase, nth=nth, within_s=step.on.within_s)
        yield moved(structs.replace(step, on=on), to_ms(came_s - nearest.at_s + step.at.low_s))


def _from_times(step: Timed, came_s: float, entries: Sequence[Entry]) -> Iterator[Timed]:
    """Counted from the wait that was met last, as every plain time."""
    met = [entry.at_s for entry in entries if isinstance(entry, WaitEnded) and entry.met]
    begins_s = max((at_s for at_s in met if at_s <= came_s), default=None)
    if begins_s is None:
        return
    at_s = came_s - begins_s + step.at.low_s
    for digits in (1, 2, 3):
        yield moved(structs.replace(step, on=None), to_ms(round(at_s, digits)))
