"""One expectation against the trials: pass, fail or unknown. Times and safety are judged apart."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.checkers.measured import Measured
from harness.checkers.safety import judge_safety
from harness.checkers.shown import judge_least, turned_round
from harness.checkers.times import judge_time
from harness.checkers.wording import TIMES
from harness.model.drill import Expectation, Measure
from harness.model.plan import Plan, Promises
from harness.model.verdict import Finding


def judge_bound(plan: Plan, expectation: Expectation, trials: Sequence[Measured], *, gaps: bool) -> Finding:
    """gaps: entries are missing from the journal's middle."""
    if expectation.seen:
        none = structs.replace(expectation, limit=0.0, seen=False)
        return turned_round(judge_bound(plan, none, trials, gaps=gaps), expectation, trials)
    limit = expectation.limit
    if limit is None:
        limit = promised(plan.promises, expectation.measure)
    if limit is None:
        return Finding(
            measure=expectation.measure,
            judgement="unknown",
            measured="",
            bound="bound",
            evidence=("the target promises no bound for this under its settings; write a number instead",),
        )
    finding = _judged(plan, expectation, limit, trials)
    if not gaps or (finding.judgement == "fail" and _stands(expectation.measure, limit, trials)):
        return finding
    evidence = ("entries of the journal are lost", *finding.evidence)
    return structs.replace(finding, judgement="unknown", evidence=evidence)


def _judged(plan: Plan, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    if expectation.measure not in TIMES:
        return judge_safety(plan, expectation, limit, trials)
    if expectation.at_least:
        return judge_least(len(plan.trials), expectation, limit, trials)
    return judge_time(plan, expectation, limit, trials)


def promised(promises: Promises, measure: Measure) -> float | None:
    """What `bound` means for this measure; None where the target promises nothing."""
    match measure:
        case "detection_time":
            return promises.detection.limit_s
        case "rpo":
            return promises.rpo.limit_s if promises.rpo else None
        case "lost_writes":
            return promises.lost_writes_max
        case "stale_reads":
            return 0.0 if promises.reads_are_linearizable else None
        case "split_brain" | "phantom_writes" | "false_failovers":
            return 0.0
        case "outage":
            return promises.outage.limit_s if promises.outage else None
        case "rejoin_time" | "failovers":
            return None


def _stands(measure: Measure, limit: float, trials: Sequence[Measured]) -> bool:
    """A violation that no lost entry could undo. Others rest on something that was not in the journal."""
    match measure:
        case "lost_writes" | "stale_reads":
            return True
        case "rpo":  # how long it was depends on the fault's entry; that there is loss does not
            return limit <= 0
        case "split_brain":  # a lost refusal may join two reigns; an operation served too late is enough
            return any(trial.served_late for trial in trials)
        case _:
            return False
