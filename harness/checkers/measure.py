"""One trial of a history -> what it measured, what it could not, and the evidence. Judges no bound.

A checker that crashes makes its measures unknown and names itself; the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from harness.checkers import (
    deadlines,
    detection,
    durability,
    faults,
    noise,
    outage,
    phases,
    rejoin,
    splitbrain,
)
from harness.checkers.deadlines import Times
from harness.checkers.durability import Durability
from harness.checkers.failovers import Failovers
from harness.checkers.figures import NEVER, at, few
from harness.checkers.history import Trial
from harness.checkers.measured import Guard, Measured, Shared
from harness.checkers.outage import Outage
from harness.checkers.splitbrain import SplitBrain
from harness.checkers.stranded import stranded
from harness.checkers.wording import TIMES
from harness.model.drill import HoldStep, Measure, WaitStep
from harness.model.plan import Plan, TimedStep
from harness.model.verdict import PhaseTime, TrialMeasures

LOSS: tuple[Measure, ...] = ("lost_writes", "rpo", "phantom_writes")
REIGNS: tuple[Measure, ...] = ("failovers", "false_failovers")


class _Taken(Struct, frozen=True, kw_only=True):
    """The checkers' answers for one trial; None where one crashed or does not apply."""

    times: Times
    apart: Outage | None
    phases: tuple[PhaseTime, ...]
    loss: Durability | None
    brains: SplitBrain | None
    turns: Failovers | None


def measure(shared: Shared, trial: Trial) -> Measured:
    """All checkers on one trial."""
    guard = Guard()
    steps = _planned(shared.plan, trial)
    taken = _take(shared, trial, steps, guard)
    crashed: tuple[str, ...] = (f"trial {trial.number}: the checker `faults` crashed",)
    missing = guard.run("faults", TIMES, crashed, lambda: faults.check(trial, steps))
    noisy = guard.run("noise", TIMES, "", lambda: _noise(shared, trial, taken.times))
    _say_unknown(shared, trial, taken, guard.unknown)
    return Measured(
        numbers=_numbers(shared, trial, taken, void=_void(shared, trial, missing, noisy)),
        unknown=guard.unknown,
        evidence=_evidence(shared, trial, taken),
        proven=_proven(taken),
        served_late=bool(taken.brains and taken.brains.late),
        rpo=taken.loss.rpo if taken.loss else NEVER,
        faults_missing=missing,
        noise=noisy,
        crashed=tuple(guard.crashed),
        unplayed=_unplayed(trial, missing),
        stalled_s=_stalled_s(shared, trial),
    )


def _take(shared: Shared, trial: Trial, steps: Sequence[TimedStep], guard: Guard) -> _Taken:
    history, first, turns = shared.history, shared.first, shared.turns
    brains = None
    if first is not None:
        brains = guard.run(
            "splitbrain", ("split_brain",), None, lambda: splitbrain.check(trial, history.roles, first)
        )
    times = Times(
        detection=guard.run("detection", ("detection_time",), None, lambda: detection.check(trial)),
        outage=guard.run("outage", ("outage",), None, lambda: _outage(shared, trial, with_victim=False)),
        rejoin=guard.run(
            "rejoin", ("rejoin_time",), None, lambda: rejoin.check(trial, history.hosts, history.stalls)
        ),
    )
    return _Taken(
        times=guard.run("deadlines", TIMES, times, lambda: deadlines.within(times, trial, steps)),
        apart=guard.run("outage", (), None, lambda: _outage(shared, trial, with_victim=True)),
        phases=guard.run("phases", (), (), lambda: phases.check(trial)),
        loss=guard.run(
            "durability",
            LOSS,
            None,
            lambda: _loss(shared, trial),
        ),
        brains=brains,
        turns=turns.of(trial) if turns else None,
    )


def _loss(shared: Shared, trial: Trial) -> Durability:
    return durability.check(trial, shared.attempted, clock_error_s=shared.plan.clock_error_s)


def _outage(shared: Shared, trial: Trial, *, with_victim: bool) -> Outage | None:
    plan = shared.plan
    apart = stranded(plan.clients, trial.acts, shared.history.hosts)
    return outage.check(
        [write for write in trial.writes if (write.client in apart) == with_victim],
        trial.acts,
        [client for client in plan.clients if (client.host in apart) == with_victim],
        bound_s=plan.promises.detection.limit_s,
        timeout_s=plan.load.timeout_s,
    )


def _refusals(trial: Trial) -> list[str]:
    """Orders that the target did not take: a reader must not look for their effect."""
    return [f"{told.action} refused: {told.detail}".rstrip(": ") for told in trial.controls if not told.ok]


def _proven(taken: _Taken) -> frozenset[Measure]:
    """RPO 0 is broken by any loss, though a single late write that is lost took no time."""
    proven: set[Measure] = set()
    if taken.brains and taken.brains.proven:
        proven.add("split_brain")
    if taken.loss and taken.loss.lost:
        proven.add("rpo")
    return frozenset(proven)


def _planned(plan: Plan, trial: Trial) -> tuple[TimedStep, ...]:
    return next((planned.steps for planned in plan.trials if planned.number == trial.number), ())


def _noise(shared: Shared, trial: Trial, times: Times) -> str:
    """From the fault to the last thing that was timed; to the trial's end where something never came."""
    act, main = trial.main, times.outage
    from_s = act.before_s if act else trial.began_s
    ends = [main.end_s] if main and main.end_s is not None else []
    figures = [times.detection, main.figure if main else None]
    ends += [from_s + figure.high for figure in figures if figure and figure.high is not None]
    never = any(figure and figure.high is None for figure in figures)
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
    if not trial.completed and (end is None or end.reason in ("interrupted", "deadline", "world broke")):
        return f"the trial was stopped: {end.reason if end else trial.reason}"
    acts = [t for t in _planned(shared.plan, trial) if not isinstance(t.step, WaitStep | HoldStep)]
    return "nothing was done to the cluster" if acts and trial.main is None else noisy


def _unplayed(trial: Trial, missing: tuple[str, ...]) -> str:
    expired = next((wait.text for wait in trial.waits if not wait.met), "")
    return next(filter(None, (*missing, expired)), "" if trial.completed else trial.reason or "it was cut")


def _stalled_s(shared: Shared, trial: Trial) -> float:
    mine = [s for s in shared.history.stalls if s.to_s >= trial.began_s and s.from_s <= trial.ended_s]
    return sum(stall.to_s - stall.from_s for stall in mine)


def _say_unknown(shared: Shared, trial: Trial, taken: _Taken, unknown: dict[Measure, str]) -> None:
    """A check without anything to check is unknown, not passed."""
    if taken.loss is not None:
        why = _loss_unknown(trial, taken.loss)
        unknown.update(dict.fromkeys(LOSS if why else (), why))
    if taken.times.outage is not None and taken.times.outage.untried:
        unknown["outage"] = taken.times.outage.untried
    if shared.first is None:
        unknown["split_brain"] = "the checker `splitbrain` crashed"
    elif taken.brains is not None and not taken.brains.seen:
        unknown["split_brain"] = "no operation says which node served it"
    if taken.turns is None:
        unknown.update(dict.fromkeys(REIGNS, "the checker `failovers` crashed"))
    elif not taken.turns.known:
        unknown.update(dict.fromkeys(REIGNS, "no node ever said that it is primary"))
    elif taken.turns.doubtful:
        unknown["false_failovers"] = "an injection that failed may have caused a failover"
    if shared.reads is None:
        unknown["stale_reads"] = "the checker `stalereads` crashed"
    elif not any(read.outcome == "ok" for read in trial.reads):
        unknown["stale_reads"] = "no read was answered"


def _loss_unknown(trial: Trial, loss: Durability) -> str:
    if loss.flaw:
        return f"{loss.flaw} ({trial.reason})" if trial.final is None and trial.reason else loss.flaw
    if not loss.acknowledged:
        return "no write was acknowledged"
    if not trial.all_told:
        return "not every client has told its last operation"
    return f"{loss.late} acknowledgements came only after the final read" if loss.late else ""


def _numbers(shared: Shared, trial: Trial, taken: _Taken, *, void: str) -> TrialMeasures:
    act, loss, brains, turns = trial.main, taken.loss, taken.brains, taken.turns
    main = taken.times.outage
    stale = [s for s in shared.reads.stale if s.read.trial == trial.number] if shared.reads else []
    return TrialMeasures(
        trial=trial.number,
        fault="; ".join([*(act.text for act in trial.acts), *_refusals(trial)]),
        fault_at_s=act.middle_s if act else None,
        fault_error_s=(act.after_s - act.before_s) / 2 if act else 0.0,
        phases=taken.phases,
        detection=taken.times.detection,
        outage=main.figure if main else None,
        stranded_outage=taken.apart.figure if taken.apart else None,
        rejoin=taken.times.rejoin,
        writes_acknowledged=loss.acknowledged if loss else 0,
        writes_unknown=loss.unknown if loss else 0,
        writes_failed=loss.failed if loss else 0,
        reads_ok=sum(1 for read in trial.reads if read.outcome == "ok"),
        lost_before_fault=len(loss.lost_before) if loss else 0,
        lost_after_fault=len(loss.lost_after) if loss else 0,
        recovered=loss.recovered if loss else 0,
        phantom=(len(loss.phantoms) if loss else 0) + len(_aborted(shared, trial, loss)),
        duplicated=len(loss.duplicated) if loss else 0,
        rpo_s=(loss.rpo.value or 0.0) if loss else 0.0,
        split_brain_low_s=brains.low_s if brains else 0.0,
        split_brain_high_s=brains.high_s if brains else 0.0,
        claimed_s=brains.claimed_s if brains else 0.0,
        old_primary_ops=brains.late_ops if brains else 0,
        stale_reads=len(stale),
        staleness_max_s=max((s.staleness_s for s in stale), default=0.0),
        staleness_high_s=max((s.staleness_high_s for s in stale), default=0.0),
        failovers=len(turns.happened) if turns else 0,
        false_failovers=len(turns.false) if turns else 0,
        void=void,
        watched_s=max(trial.ended_s - trial.began_s, 0.0),
        outage_gap=main.gap if main else None,
        slow_writes=main.slow if main else 0,
    )


def _aborted(shared: Shared, trial: Trial, loss: Durability | None) -> tuple[str, ...]:
    """Values that were read though they surely failed or were never written; without the final read's."""
    if shared.reads is None:
        return ()
    known = set(loss.phantoms) if loss else set()
    mine = [read.value for read in shared.reads.aborted if read.trial == trial.number]
    if not trial.all_told:  # who wrote it may not have told yet
        mine = [value for value in mine if value in shared.attempted]
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
            f"{where}: {v} was read, though it was not written by then" for v in _aborted(shared, trial, loss)
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
