"""One trial of a history -> what it measured, what it could not, and the evidence. Judges no bound.

A checker that crashes makes its measures unknown and names itself; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct, structs

from harness.checkers import (
    detection,
    durability,
    failovers,
    faults,
    noise,
    outage,
    phases,
    rejoin,
    splitbrain,
)
from harness.checkers.durability import Durability
from harness.checkers.failovers import Failovers
from harness.checkers.figures import at, censored, few
from harness.checkers.history import Act, History, Trial
from harness.checkers.outage import Outage
from harness.checkers.splitbrain import SplitBrain
from harness.checkers.stalereads import Reads
from harness.checkers.stranded import stranded
from harness.model.drill import HoldStep, Measure, WaitStep
from harness.model.plan import Plan, TrialPlan
from harness.model.verdict import Figure, PhaseTime, TrialMeasures

T = TypeVar("T")

LOSS: tuple[Measure, ...] = ("lost_writes", "rpo", "phantom_writes")
REIGNS: tuple[Measure, ...] = ("failovers", "false_failovers")
TIMES: tuple[Measure, ...] = ("detection_time", "outage", "rejoin_time")
# A wait that expired is the deadline of these: what came later came never.
_DEADLINE_OF: Mapping[str, tuple[str, ...]] = {
    "rejoined": ("rejoin",),
    "failover": ("detection", "outage"),
    "steady": ("outage", "rejoin"),
}


class Shared(Struct, frozen=True, kw_only=True):
    """What all trials are measured against. reads: None when that checker crashed."""

    plan: Plan
    history: History
    attempted: Mapping[str, int]
    reads: Reads | None


class Measured(Struct, frozen=True, kw_only=True):
    """One trial. unknown: why a measure could not be taken. proven: violations that need no number.

    faults_missing, noise: what is wrong with the injection, and with the harness.
    """

    numbers: TrialMeasures
    unknown: Mapping[Measure, str]
    evidence: Mapping[Measure, tuple[str, ...]]
    proven: frozenset[Measure]
    served_late: bool  # an old primary served after a newer one: two operations alone prove it
    faults_missing: tuple[str, ...]
    noise: str


class Guard:
    """Runs checkers; a crash leaves the default, and a reason for each measure that it leaves unknown."""

    def __init__(self) -> None:
        self.unknown: dict[Measure, str] = {}

    def run(self, name: str, measures: Sequence[Measure], default: T, check: Callable[[], T]) -> T:
        try:
            return check()
        except Exception as error:
            text = f"the checker `{name}` crashed: {type(error).__name__}: {error}"
            self.unknown.update(dict.fromkeys(measures, text))
            return default


class _Taken(Struct, frozen=True, kw_only=True):
    """The checkers' answers for one trial; None where one crashed or does not apply."""

    detection: Figure | None
    outage: Outage | None
    apart: Outage | None
    rejoin: Figure | None
    phases: tuple[PhaseTime, ...]
    loss: Durability | None
    brains: SplitBrain | None
    turns: Failovers | None


def measure(shared: Shared, trial: Trial) -> Measured:
    """All checkers on one trial."""
    guard = Guard()
    taken = _take(shared, trial, guard)
    crashed: tuple[str, ...] = (f"trial {trial.number}: the checker `faults` crashed",)
    missing = guard.run("faults", TIMES, crashed, lambda: _faults(shared.plan, trial))
    noisy = guard.run("noise", TIMES, "", lambda: _noise(shared, trial, taken))
    taken = _by_deadline(shared.plan, trial, taken)
    _say_unknown(shared, trial, taken, guard.unknown)
    return Measured(
        numbers=_numbers(shared, trial, taken, void=_void(shared, trial, missing, noisy)),
        unknown=guard.unknown,
        evidence=_evidence(shared, trial, taken),
        proven=frozenset({"split_brain"} if taken.brains and taken.brains.proven else set()),
        served_late=bool(taken.brains and taken.brains.late),
        faults_missing=missing,
        noise=noisy,
    )


def _take(shared: Shared, trial: Trial, guard: Guard) -> _Taken:
    plan, history = shared.plan, shared.history
    bound_s = plan.promises.detection.limit_s
    return _Taken(
        detection=guard.run("detection", ("detection_time",), None, lambda: detection.check(trial)),
        outage=guard.run("outage", ("outage",), None, lambda: _outage(shared, trial, with_victim=False)),
        apart=guard.run("outage", (), None, lambda: _outage(shared, trial, with_victim=True)),
        rejoin=guard.run(
            "rejoin", ("rejoin_time",), None, lambda: rejoin.check(trial, history.hosts, history.stalls)
        ),
        phases=guard.run("phases", (), (), lambda: phases.check(trial)),
        loss=guard.run("durability", LOSS, None, lambda: durability.check(trial, shared.attempted)),
        brains=guard.run(
            "splitbrain", ("split_brain",), None, lambda: splitbrain.check(trial, history.roles)
        ),
        turns=guard.run("failovers", REIGNS, None, lambda: failovers.check(history, trial, bound_s)),
    )


def _outage(shared: Shared, trial: Trial, *, with_victim: bool) -> Outage | None:
    plan = shared.plan
    apart = stranded(plan.clients, trial.acts, shared.history.hosts)
    return outage.check(
        [write for write in trial.writes if (write.client in apart) == with_victim],
        trial.main,
        bound_s=plan.promises.detection.limit_s,
        timeout_s=plan.load.timeout_s,
    )


def _faults(plan: Plan, trial: Trial) -> tuple[str, ...]:
    planned = _planned(plan, trial)
    return faults.check(trial, planned) if planned else ()


def _planned(plan: Plan, trial: Trial) -> TrialPlan | None:
    return next((planned for planned in plan.trials if planned.number == trial.number), None)


def _noise(shared: Shared, trial: Trial, taken: _Taken) -> str:
    """From the fault to the last thing that was timed; to the trial's end where something never came."""
    act = trial.main
    from_s = act.before_s if act else trial.began_s
    ends = [taken.outage.end_s] if taken.outage else []
    figures = [taken.detection, taken.outage.figure if taken.outage else None]
    ends += [from_s + figure.high for figure in figures if figure and figure.high is not None]
    never = any(figure and figure.value is None for figure in figures)
    return noise.check(
        shared.history.stalls,
        from_s=from_s,
        to_s=trial.ended_s if never or act is None else max(ends, default=from_s),
        limit_s=shared.plan.stall_limit_s,
    )


def _void(shared: Shared, trial: Trial, missing: tuple[str, ...], noisy: str) -> str:
    """Why the times of this trial do not count. One that did not settle was measured to its end."""
    if missing:
        return missing[0]
    if not trial.whole:
        return trial.reason
    end = shared.history.end
    if not trial.completed and end is not None and end.reason in ("interrupted", "deadline", "world broke"):
        return f"the trial was stopped: {end.reason}"
    planned = _planned(shared.plan, trial)
    acts = [t for t in (planned.steps if planned else ()) if not isinstance(t.step, WaitStep | HoldStep)]
    return "nothing was done to the cluster" if acts and trial.main is None else noisy


def _by_deadline(plan: Plan, trial: Trial, taken: _Taken) -> _Taken:
    """What came only after a wait for it had expired came never."""
    planned = _planned(plan, trial)
    act = trial.main
    if act is None or planned is None:
        return taken
    for wait in trial.waits:
        step = planned.steps[wait.index].step if wait.index < len(planned.steps) else None
        if not wait.met and isinstance(step, WaitStep):
            taken = _cut_off(taken, act, step.wait_for, wait.at_s)
    return taken


def _cut_off(taken: _Taken, act: Act, wait_for: str, deadline_s: float) -> _Taken:
    names = _DEADLINE_OF[wait_for]
    detected, main, back = taken.detection, taken.outage, taken.rejoin
    if "detection" in names:
        detected = _never_after(detected, act.middle_s, deadline_s)
    if "outage" in names and main is not None and main.end_s > deadline_s:
        main = structs.replace(main, figure=censored(deadline_s - act.after_s))
    if "rejoin" in names and act.ended is not None:
        back = _never_after(back, act.ended.after_s, deadline_s)
    return structs.replace(taken, detection=detected, outage=main, rejoin=back)


def _never_after(figure: Figure | None, from_s: float, deadline_s: float) -> Figure | None:
    if figure is None or figure.value is None or from_s + figure.value <= deadline_s:
        return figure
    return censored(deadline_s - from_s)


def _say_unknown(shared: Shared, trial: Trial, taken: _Taken, unknown: dict[Measure, str]) -> None:
    """A check without anything to check is unknown, not passed."""
    if taken.loss is not None and not taken.loss.was_read:
        unknown.update(
            dict.fromkeys(LOSS, f"the writes were not read back ({trial.reason or 'no final read'})")
        )
    elif taken.loss is not None and not taken.loss.acknowledged:
        unknown.update(dict.fromkeys(LOSS, "no write was acknowledged"))
    if taken.brains is not None and not taken.brains.seen:
        unknown["split_brain"] = "no operation says which node served it"
    if taken.turns is not None and not taken.turns.known:
        unknown.update(dict.fromkeys(REIGNS, "no node ever said that it is primary"))
    if shared.reads is None:
        unknown["stale_reads"] = "the checker `stalereads` crashed"
    elif not any(read.outcome == "ok" for read in trial.reads):
        unknown["stale_reads"] = "no read was answered"


def _numbers(shared: Shared, trial: Trial, taken: _Taken, *, void: str) -> TrialMeasures:
    act, loss, brains, turns = trial.main, taken.loss, taken.brains, taken.turns
    stale = [s for s in shared.reads.stale if s.read.trial == trial.number] if shared.reads else []
    return TrialMeasures(
        trial=trial.number,
        fault="; ".join(act.text for act in trial.acts),
        fault_at_s=act.middle_s if act else None,
        fault_error_s=(act.after_s - act.before_s) / 2 if act else 0.0,
        phases=taken.phases,
        detection=taken.detection,
        outage=taken.outage.figure if taken.outage else None,
        stranded_outage=taken.apart.figure if taken.apart else None,
        rejoin=taken.rejoin,
        writes_acknowledged=loss.acknowledged if loss else 0,
        writes_unknown=loss.unknown if loss else 0,
        writes_failed=loss.failed if loss else 0,
        reads_ok=sum(1 for read in trial.reads if read.outcome == "ok"),
        lost_before_fault=len(loss.lost_before) if loss else 0,
        lost_after_fault=len(loss.lost_after) if loss else 0,
        recovered=loss.recovered if loss else 0,
        phantom=(len(loss.phantoms) if loss else 0) + len(_aborted(shared, trial, loss)),
        duplicated=len(loss.duplicated) if loss else 0,
        rpo_s=loss.rpo_s if loss else 0.0,
        split_brain_low_s=brains.low_s if brains else 0.0,
        split_brain_high_s=brains.high_s if brains else 0.0,
        claimed_s=brains.claimed_s if brains else 0.0,
        stale_reads=len(stale),
        staleness_max_s=max((s.staleness_s for s in stale), default=0.0),
        failovers=len(turns.happened) if turns else 0,
        false_failovers=len(turns.false) if turns else 0,
        void=void,
        outage_gap=taken.outage.gap if taken.outage else None,
        slow_writes=taken.outage.slow if taken.outage else 0,
    )


def _aborted(shared: Shared, trial: Trial, loss: Durability | None) -> tuple[str, ...]:
    """Values that were read though they surely failed or were never written; without the final read's."""
    if shared.reads is None:
        return ()
    known = set(loss.phantoms) if loss else set()
    mine = (read.value for read in shared.reads.aborted if read.trial == trial.number)
    return tuple(value for value in dict.fromkeys(mine) if value not in known)


def _evidence(shared: Shared, trial: Trial, taken: _Taken) -> dict[Measure, tuple[str, ...]]:
    found: dict[Measure, tuple[str, ...]] = {}
    where, loss = f"trial {trial.number}", taken.loss
    if loss is not None:
        found["lost_writes"] = found["rpo"] = loss.evidence(trial.number)
        phantoms = [
            f"{where}: {v} is in the final read, but was never written, or failed" for v in loss.phantoms
        ]
        phantoms += [
            f"{where}: {v} was read, but was never written, or failed" for v in _aborted(shared, trial, loss)
        ]
        found["phantom_writes"] = few(phantoms)
    if taken.brains is not None and taken.brains.proven:
        both = (f"{where}: two nodes surely served at once: {taken.brains.at}",) if taken.brains.at else ()
        found["split_brain"] = (*both, *taken.brains.late, *few(taken.brains.reigns))
    if taken.turns is not None:
        found["false_failovers"] = taken.turns.evidence(trial)
        found["failovers"] = tuple(
            f"{where}: {reign.node} took epoch {reign.epoch} at {at(reign.begun_s)}"
            for reign in taken.turns.happened
        )
    if shared.reads is not None:
        mine = [stale.text() for stale in shared.reads.stale if stale.read.trial == trial.number]
        found["stale_reads"] = few(mine)
    return found
