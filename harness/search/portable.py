"""A step that the simulator alone can play -> the same, or its kin, as any world plays it. Pure.

What a machine sends or keeps shows in the simulator alone; a phase that a host tells, or a plain time, shows
in any world. When the moment came is in the journal of a run: nearest phase first, then the time itself. And
where another world has not got the fault, one that it has may do the same to the cluster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec import structs

from harness.ids import moment_id
from harness.model.drill import (
    CrashStep,
    DiskStep,
    Drill,
    KillStep,
    LossStep,
    PartitionStep,
    Step,
    Trigger,
)
from harness.model.event import MomentCame, PhaseReached
from harness.model.journal import Entry, TrialBegan, WaitEnded
from harness.model.moment import TELLS
from harness.planner.offers import needed_fault
from harness.search.shrink import Timed, moved
from harness.search.sides import Sides
from harness.search.steps import to_ms

# A phase longer ago has little to do with it.
_NEAR_S = 1.0


def bound(drill: Drill, faults: Collection[str]) -> tuple[int, ...]:
    """The steps that keep it to the simulator. faults: what another world offers."""
    return tuple(
        index for index, step in enumerate(drill.steps) if _is_tied(step) or not _is_offered(step, faults)
    )


def freed(drill: Drill, index: int, entries: Sequence[Entry], faults: Collection[str]) -> Iterator[Drill]:
    """entries: of a run of this very drill. Nothing where the moment never came, or the fault has no kin."""
    step = drill.steps[index]
    others = [step] if _is_offered(step, faults) else [*_kin(step)]
    if _is_tied(step):
        others = [other for one in others for other in _untied(one, index, entries)]
    for other in others:
        yield structs.replace(drill, steps=(*drill.steps[:index], other, *drill.steps[index + 1 :]))


def _is_offered(step: Step, faults: Collection[str]) -> bool:
    return not needed_fault(step) or needed_fault(step) in faults


def _is_tied(step: Step) -> bool:
    """A crash point lies inside by its nature, and is lain in wait for there."""
    if not isinstance(step, Timed) or isinstance(step, CrashStep):
        return False
    return step.on is not None and step.on.act != TELLS


# --- other faults -------------------------------------------------------------------------------------


def _kin(step: Step) -> Iterator[Step]:
    match step:
        case DiskStep(victim=victim, does="stall" | "fail", at=at, until_s=until_s, on=on):
            for far in (("witnesses",), ("standbys", "witnesses"), ("rest",)):
                sides: Sides = ((victim,), far)
                yield PartitionStep(sides=sides, how="drop", direction="both", at=at, until_s=until_s, on=on)
            yield KillStep(verb="pause", victim=victim, scope="host", at=at, until_s=until_s, on=on)
        case LossStep(sides=sides, at=at, until_s=until_s, on=on):
            yield PartitionStep(sides=sides, how="drop", direction="both", at=at, until_s=until_s, on=on)


# --- other moments ------------------------------------------------------------------------------------


def _untied(step: Step, index: int, entries: Sequence[Entry]) -> Iterator[Step]:
    trial = next((entry.trial for entry in entries if isinstance(entry, TrialBegan)), 0)
    name = moment_id(trial, index)
    came_s = next((e.at_s for e in entries if isinstance(e, MomentCame) and e.moment_id == name), None)
    if came_s is not None and isinstance(step, Timed):
        yield from _from_phases(step, came_s, entries)
        yield from _from_times(step, came_s, entries)


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
