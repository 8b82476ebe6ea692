"""A bound on a count, on RPO or on split brain against the trials: pass, fail or unknown.

Every trial counts, void or not, and one violation fails: no statistics. A violation must be proven: the low
end of what was measured is beyond the limit. What may be beyond it, what could not be checked and what was
not tried is unknown; beside a proven violation it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.checkers.figures import few, seconds
from harness.checkers.measured import Measured
from harness.checkers.rates import rate_limit
from harness.checkers.wording import bound_text
from harness.model.drill import Expectation, Measure
from harness.model.plan import Plan
from harness.model.verdict import Finding, Judgement

Range = tuple[float, float]

COUNTS: Mapping[Measure, Callable[[Measured], Range]] = {
    "lost_writes": lambda m: _point(m.numbers.lost_before_fault + m.numbers.lost_after_fault),
    "rpo": lambda m: (m.rpo.low or 0.0, float("inf") if m.rpo.high is None else m.rpo.high),
    "split_brain": lambda m: (m.numbers.split_brain_low_s, m.numbers.split_brain_high_s),
    "stale_reads": lambda m: _point(m.numbers.stale_reads),
    "false_failovers": lambda m: _point(m.numbers.false_failovers),
    "failovers": lambda m: _point(m.numbers.failovers),
    "phantom_writes": lambda m: _point(m.numbers.phantom),
}


def _point(count: float) -> Range:
    return count, count


def judge_safety(plan: Plan, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    name = expectation.measure
    bad = [trial for trial in trials if _violates(expectation, limit, trial)]
    reasons = [
        f"trial {trial.numbers.trial}: {why}" for trial in trials if (why := _open(expectation, limit, trial))
    ]
    missing = len(plan.trials) - len(trials)
    if missing > 0:
        reasons.append(f"{missing} of {len(plan.trials)} trials were not made")
    judgement: Judgement = "fail" if bad else "unknown" if reasons or not trials else "pass"
    return Finding(
        measure=name,
        judgement=judgement,
        measured=_counted(name, trials),
        bound=bound_text(expectation, limit),
        error=_error(name, trials),
        trial=bad[0].numbers.trial if bad else 0,
        evidence=(*(line for trial in bad[:3] for line in trial.evidence.get(name, ())), *few(reasons)),
    )


def _violates(expectation: Expectation, limit: float, trial: Measured) -> bool:
    """Beyond the limit, or proven without a number."""
    name = expectation.measure
    low, high = COUNTS[name](trial)
    if expectation.at_least:
        return high < limit and not _open(expectation, limit, trial)
    if name == "failovers" and trial.faults_missing:
        return False  # a fault that was half done may have caused more of them
    return low > limit or (name in trial.proven and limit <= 0)


def _open(expectation: Expectation, limit: float, trial: Measured) -> str:
    """Why this trial allows no pass, though it may prove a violation; empty when it does allow one."""
    name = expectation.measure
    if name in trial.unknown:
        return trial.unknown[name]
    if expectation.at_least:  # too few could still have become enough, unless the trial was played out
        return "" if trial.numbers.void == trial.noise else trial.numbers.void
    low, high = COUNTS[name](trial)
    if name == "failovers" and trial.faults_missing and low > limit:
        return trial.faults_missing[0]
    # "Never" asks whether there was any, and that is proven or it was not seen.
    may_exceed = high > limit and low <= limit and not (name == "split_brain" and limit <= 0)
    return f"{seconds(low)} to {seconds(high)}" if may_exceed else ""


def _counted(name: Measure, trials: Sequence[Measured]) -> str:
    if name == "split_brain":
        return _brain(trials)
    if name == "rpo":
        return seconds(max((trial.numbers.rpo_s for trial in trials), default=0.0))
    values = [COUNTS[name](trial)[0] for trial in trials]
    if name == "failovers":
        ends = dict.fromkeys(f"{end:g}" for end in (min(values, default=0), max(values, default=0)))
        return f"{' to '.join(ends)} a trial"
    return f"{sum(values):g}"


def _brain(trials: Sequence[Measured]) -> str:
    low_s = sum(trial.numbers.split_brain_low_s for trial in trials)
    if low_s > 0:
        return f"at least {seconds(low_s)}"
    proven = any("split_brain" in trial.proven for trial in trials)
    return "an old primary served after a newer one" if proven else "none seen"


def _error(name: Measure, trials: Sequence[Measured]) -> str:
    match name:
        case "split_brain":
            return _brain_error(trials)
        case "false_failovers":
            return _rate(trials)
        case _:
            return ""


def _rate(trials: Sequence[Measured]) -> str:
    """What seeing so few of them in so short a time leaves possible."""
    watched_h = sum(trial.numbers.watched_s for trial in trials) / 3600
    count = sum(trial.numbers.false_failovers for trial in trials)
    if watched_h <= 0:
        return ""
    return f"at most {rate_limit(count, watched_h):.3g} an hour (95 %), {count} in {watched_h:.3g} h"


def _brain_error(trials: Sequence[Measured]) -> str:
    high_s = max((trial.numbers.split_brain_high_s for trial in trials), default=0.0)
    return f"at most {seconds(high_s)} in a trial" if high_s > 0 else ""
