"""Drill, target, world, seed -> Plan: nothing left to guess, and everything checked before anything starts.

offers     what each world can do
moments    whether world and target show what a step counts from
rehearsal  whether the roles of each step can be played at all
phases     when each step happens, drawn from the seed
clients    the clients' shares of the load
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from harness.checkers.bounds import promised
from harness.drillfile.verbs import VERBS
from harness.model.drill import (
    ClockStep,
    ControlStep,
    CrashStep,
    Drill,
    HoldStep,
    ImpairStep,
    Json,
    LatencyStep,
    LossStep,
    PartitionStep,
    Step,
    StrainStep,
    SwitchStep,
    WaitStep,
)
from harness.model.errors import DrillError
from harness.model.hardship import Cpu, SlowFsync
from harness.model.impairment import Reset
from harness.model.plan import Plan, Promises
from harness.planner.clients import client_plans
from harness.planner.moments import check_act, check_moment
from harness.planner.offers import CUTS_REFUSED, FAULTS_OF_WORLDS, WHY_NOT, needed_fault
from harness.planner.phases import trial_plans
from harness.planner.rehearsal import rehearse, turns
from harness.seams import Target

_NEEDS_A_FAULT = frozenset({"detection_time", "rejoin_time"})
_STRIKES_NOBODY = (WaitStep, HoldStep, ControlStep, LatencyStep, LossStep, ClockStep, SwitchStep)


def plan(drill: Drill, target: Target, *, world: str, seed: int, trials: int, defect: str) -> Plan:
    """Raises DrillError: what is wrong in the file with its path, line and field; a defect without."""
    _check_defect(target, defect)
    try:
        return _plan(drill, target, world=world, seed=seed, trials=trials, defect=defect)
    except DrillError as error:
        raise _located(error, drill) from error


def _plan(drill: Drill, target: Target, *, world: str, seed: int, trials: int, defect: str) -> Plan:
    settings = _settings(drill, target)
    hosts = target.hosts(settings)
    promises = target.promises(settings)
    _check_offers(drill, target, world)
    rehearse(drill.steps, hosts)
    _check_turns(drill, turns(drill.steps, hosts))
    _check_expectations(drill, target.name, promises)
    return Plan(
        drill=drill.name,
        story=drill.story,
        target=target.name,
        world=world,
        seed=seed,
        defect=defect,
        settings=settings,
        hosts=hosts,
        clients=client_plans(drill, target, hosts),
        load=drill.load,
        trials=trial_plans(drill, seed=seed, trials=trials),
        expect=drill.expect,
        promises=promises,
        missed=drill.missed,
    )


def _settings(drill: Drill, target: Target) -> dict[str, Json]:
    """The target's own block, defaults filled in. A block whose name is nearly the target's is a slip."""
    block = drill.settings.get(target.name)
    if block is None:
        slip = difflib.get_close_matches(target.name, drill.settings, n=1, cutoff=0.75)
        if slip:
            raise DrillError(f"did you mean '{target.name}'?", field=f"settings.{slip[0]}")
    try:
        return target.settings(block or {})
    except DrillError as error:
        where = ".".join(part for part in ("settings", target.name, error.field) if part)
        raise DrillError(error.problem, field=where) from error


def _check_offers(drill: Drill, target: Target, world: str) -> None:
    for index, step in enumerate(drill.steps):
        fault, field = needed_fault(step), f"steps[{index}]"
        if not isinstance(step, WaitStep | HoldStep) and step.on is not None:
            check_moment(step.on, target, world, f"{field}.on")
        if isinstance(step, CrashStep):
            check_act(step.act, step.what, target, f"{field}.{step.side}")
        if fault:
            there, reason = FAULTS_OF_WORLDS.get(world, frozenset()), WHY_NOT.get(world, {}).get(fault, "")
            _check_offer(f"the world {world}", "fault", fault, there, field, reason)
            _check_offer(f"the target {target.name}", "fault", fault, target.faults(), field)
            if isinstance(step, PartitionStep) and (why := CUTS_REFUSED.get(world, {}).get(step.how)):
                problem = f"the world {world} does not offer 'how: {step.how}': {why}"
                raise DrillError(problem, field=f"{field}.how")
        elif isinstance(step, ControlStep):
            _check_offer(f"the target {target.name}", "control", step.action, target.controls(), field)


def _check_offer(
    who: str, kind: str, wanted: str, offered: Collection[str], field: str, why: str = ""
) -> None:
    if wanted not in offered:
        there = f"it offers {', '.join(sorted(offered))}" if offered else f"it offers no {kind} at all"
        if why:
            raise DrillError(f"{who} does not offer the {kind} '{wanted}': {why}; {there}", field=field)
        raise DrillError(f"{who} does not offer the {kind} '{wanted}'; {there}", field=field)


def _check_turns(drill: Drill, trials: int) -> None:
    if drill.trials < trials:
        raise DrillError(
            f"{trials} hosts take their turn, one in each trial; write trials: {trials} or more",
            field="trials",
        )


def _check_expectations(drill: Drill, target: str, promises: Promises) -> None:
    """What could only end as unknown is told at once."""
    harmless = all(_strikes_nobody(step) for step in drill.steps)
    for expected in drill.expect:
        field = f"expect.{expected.measure}"
        if expected.limit is None and promised(promises, expected.measure) is None:
            raise DrillError(
                f"under its settings {target} promises no bound for it; write a number instead", field=field
            )
        if harmless and expected.measure in _NEEDS_A_FAULT:
            raise DrillError("no step of this drill strikes a node, so it cannot be measured", field=field)


def _strikes_nobody(step: Step) -> bool:
    """A reset leaves no conversation whole: that is as good as a cut."""
    if isinstance(step, ImpairStep):
        return not isinstance(step.by, Reset)
    if isinstance(step, StrainStep):
        return isinstance(step.by, Cpu | SlowFsync)
    return isinstance(step, _STRIKES_NOBODY)


def _check_defect(target: Target, defect: str) -> None:
    defects = target.defects()
    if defect and defect not in defects:
        near = difflib.get_close_matches(defect, defects, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f"`failover-drill targets {target.name}` lists them"
        raise DrillError(f"the target {target.name} has no defect '{defect}'; {hint}")


def _located(error: DrillError, drill: Drill) -> DrillError:
    """With the file, a bare step's verb, and the line of the field or of the nearest one around it."""
    verbs = (f"{error.field}.{verb}" for verb in VERBS)
    field = next((verb for verb in verbs if verb in drill.lines), error.field)
    return DrillError(error.problem, path=drill.path, line=_line(field, drill.lines), field=field)


def _line(field: str, lines: Mapping[str, int]) -> int:
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines.get(field, 0)
