"""One expectation against the trials: pass, fail or unknown.

Safety (loss, split brain, stale reads, failovers) counts every trial, void or not, and one violation
fails: no statistics. Times count the trials that are not void. A figure is an interval: a bound fails
only if the low end exceeds it, passes only if the high end keeps it, and is unknown between.

`max` (quantile 1): every trial keeps the bound. A lower quantile with enough trials (p90 29, p95 59,
p99 299) is judged by its nearest rank; with fewer by the maximum, which is said: max ≤ bound passes, max >
bound is unknown. A censored time is +∞ and fails where it decides. What was not tried proves nothing:
with trials missing a pass is unknown, a violation stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from harness.checkers.figures import few, seconds
from harness.checkers.measure import Measured
from harness.checkers.quantiles import interval, nearest_rank, trials_needed
from harness.model.drill import Expectation, Measure
from harness.model.plan import Plan, Promises
from harness.model.verdict import Figure, Finding, Judgement, TrialMeasures

_NEVER = float("inf")

TIMES: Mapping[Measure, Callable[[TrialMeasures], Figure | None]] = {
    "detection_time": lambda trial: trial.detection,
    "outage": lambda trial: trial.outage,
    "rejoin_time": lambda trial: trial.rejoin,
}
COUNTS: Mapping[Measure, Callable[[TrialMeasures], float]] = {
    "lost_writes": lambda trial: trial.lost_before_fault + trial.lost_after_fault,
    "rpo": lambda trial: trial.rpo_s,
    "split_brain": lambda trial: trial.split_brain_low_s,
    "stale_reads": lambda trial: trial.stale_reads,
    "false_failovers": lambda trial: trial.false_failovers,
    "failovers": lambda trial: trial.failovers,
    "phantom_writes": lambda trial: trial.phantom,
}
# Entries that are lost from the middle can make these look worse than they were.
_NEEDS_ALL_ENTRIES: frozenset[Measure] = frozenset(
    ("detection_time", "outage", "rejoin_time", "failovers", "false_failovers", "phantom_writes")
)
_IN_SECONDS: frozenset[Measure] = frozenset(("rpo", "split_brain", *TIMES))


class Sample(Struct, frozen=True, kw_only=True):
    """One trial's value as an interval; a count is a point. +∞ is "never"."""

    trial: int
    value: float
    low: float
    high: float


def judge_bound(plan: Plan, expectation: Expectation, trials: Sequence[Measured], *, gaps: bool) -> Finding:
    """gaps: entries are missing from the journal's middle."""
    limit = (
        expectation.limit if expectation.limit is not None else promised(plan.promises, expectation.measure)
    )
    if limit is None:
        return Finding(
            measure=expectation.measure,
            judgement="unknown",
            measured="",
            bound="bound",
            evidence=("the target promises no bound for this under its settings; write a number instead",),
        )
    finding = (_time if expectation.measure in TIMES else _count)(plan, expectation, limit, trials)
    return _without_gaps(finding, expectation, trials) if gaps else finding


def promised(promises: Promises, measure: Measure) -> float | None:
    """What `bound` means for this measure; None where the target promises nothing."""
    match measure:
        case "detection_time":
            return promises.detection.limit_s
        case "rpo":
            return promises.rpo.limit_s
        case "lost_writes":
            return promises.lost_writes_max
        case "stale_reads":
            return 0.0 if promises.reads_are_linearizable else None
        case "split_brain" | "phantom_writes" | "false_failovers":
            return 0.0
        case "outage" | "rejoin_time" | "failovers":
            return None


# --- safety -----------------------------------------------------------------------------------------


def _count(plan: Plan, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    name = expectation.measure
    bad = [trial for trial in trials if _violates(expectation, limit, trial)]
    open_ones = _open(expectation, trials)
    missing = len(plan.trials) - len(trials)
    reasons = [f"trial {m.numbers.trial}: {m.unknown[name]}" for m in trials if name in m.unknown]
    reasons += [f"trial {m.numbers.trial}: {_unfinished(m)}" for m in open_ones if name not in m.unknown]
    if missing > 0:
        reasons.append(f"{missing} of {len(plan.trials)} trials were not made")
    judgement: Judgement = "fail" if bad else "unknown" if reasons or not trials else "pass"
    return Finding(
        measure=name,
        judgement=judgement,
        measured=_counted(name, trials),
        bound=_bound_text(expectation, limit),
        error=_brain_error(trials) if name == "split_brain" else "",
        trial=bad[0].numbers.trial if bad else 0,
        evidence=(*(line for trial in bad[:3] for line in trial.evidence.get(name, ())), *few(reasons)),
    )


def _violates(expectation: Expectation, limit: float, trial: Measured) -> bool:
    """Beyond the limit, or proven without a number. Too few counts only where the trial was played out."""
    name = expectation.measure
    value = COUNTS[name](trial.numbers)
    if expectation.at_least:
        return value < limit and name not in trial.unknown and not _unfinished(trial)
    return value > limit or (name in trial.proven and limit <= 0)


def _open(expectation: Expectation, trials: Sequence[Measured]) -> list[Measured]:
    """Trials in which too few could still have become enough."""
    name = expectation.measure
    return [t for t in trials if name in t.unknown or (expectation.at_least and bool(_unfinished(t)))]


def _unfinished(trial: Measured) -> str:
    """Noise of ours does not keep a failover from being counted; all other voids do."""
    return "" if trial.numbers.void == trial.noise else trial.numbers.void


def _counted(name: Measure, trials: Sequence[Measured]) -> str:
    values = [COUNTS[name](trial.numbers) for trial in trials]
    if name == "split_brain":
        return _brain(trials)
    if name in _IN_SECONDS:
        return seconds(max(values, default=0.0))
    if name == "failovers":
        return (
            " to ".join(dict.fromkeys((f"{min(values, default=0):g}", f"{max(values, default=0):g}")))
            + " a trial"
        )
    return f"{sum(values):g}"


def _brain(trials: Sequence[Measured]) -> str:
    low_s = sum(trial.numbers.split_brain_low_s for trial in trials)
    if low_s > 0:
        return f"at least {seconds(low_s)}"
    proven = any("split_brain" in trial.proven for trial in trials)
    return "an old primary served after a newer one" if proven else "none seen"


def _brain_error(trials: Sequence[Measured]) -> str:
    high_s = max((trial.numbers.split_brain_high_s for trial in trials), default=0.0)
    return f"at most {seconds(high_s)} in a trial" if high_s > 0 else ""


# --- times ------------------------------------------------------------------------------------------


def _time(plan: Plan, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    name = expectation.measure
    samples = [s for s in (_sample(name, m) for m in trials) if s is not None]
    skipped = len(plan.trials) - len(samples)
    judgement, measured, how = _judged(samples, expectation.quantile, limit)
    reasons = _skipped(name, plan, trials) if skipped else []
    if judgement == "pass" and (len(trials) < len(plan.trials) or any(name in m.unknown for m in trials)):
        judgement = "unknown"
    worst = max(samples, key=lambda sample: sample.high, default=None)
    over = [sample for sample in samples if sample.high > limit]
    return Finding(
        measure=name,
        judgement=judgement,
        measured=measured,
        bound=_bound_text(expectation, limit),
        error=_error(samples),
        trial=worst.trial if worst and over else 0,
        evidence=(*how, *few([_over(sample) for sample in over]), *few(reasons)),
    )


def _sample(name: Measure, trial: Measured) -> Sample | None:
    figure = TIMES[name](trial.numbers)
    if figure is None or trial.numbers.void or name in trial.unknown:
        return None
    if figure.value is None:
        return Sample(trial=trial.numbers.trial, value=_NEVER, low=_NEVER, high=_NEVER)
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    return Sample(trial=trial.numbers.trial, value=figure.value, low=low, high=high)


def _judged(
    samples: Sequence[Sample], quantile: float, limit: float
) -> tuple[Judgement, str, tuple[str, ...]]:
    """(judgement, measured, how it was judged)."""
    if not samples:
        return "unknown", "", ("no trial measured it",)
    needed = trials_needed(quantile)
    if quantile >= 1.0 or len(samples) < needed:
        return _by_maximum(samples, quantile, limit, needed)
    ends = [nearest_rank([getattr(s, end) for s in samples], quantile) for end in ("low", "value", "high")]
    ranks = interval(len(samples), quantile)
    ordered = sorted(sample.value for sample in samples)
    covers = (
        f"95 % interval of the {_quantile(quantile)}: {seconds(ordered[ranks[0] - 1])} to "
        f"{seconds(ordered[ranks[1] - 1])}, {len(samples)} trials"
        if ranks
        else f"{len(samples)} trials"
    )
    return _against(ends[0], ends[2], limit), f"{_quantile(quantile)} {seconds(ends[1])}", (covers,)


def _by_maximum(
    samples: Sequence[Sample], quantile: float, limit: float, needed: int
) -> tuple[Judgement, str, tuple[str, ...]]:
    low, high = max(s.low for s in samples), max(s.high for s in samples)
    measured = f"max {seconds(max(s.value for s in samples))}"
    judgement = _against(low, high, limit)
    if quantile >= 1.0:
        return judgement, measured, ()
    if judgement == "fail" and low != _NEVER:
        judgement = "unknown"  # one slow trial of a few does not refute the quantile
    how = f"{_quantile(quantile)} needs {needed} trials, there are {len(samples)}: judged by the maximum"
    return judgement, measured, (how,)


def _against(low: float, high: float, limit: float) -> Judgement:
    if low > limit:
        return "fail"
    return "pass" if high <= limit else "unknown"


def _skipped(name: Measure, plan: Plan, trials: Sequence[Measured]) -> list[str]:
    reasons = []
    for trial in trials:
        number = trial.numbers.trial
        why = trial.unknown.get(name) or trial.numbers.void
        if why or TIMES[name](trial.numbers) is None:
            reasons.append(f"trial {number} does not count: {why or 'the measure does not apply'}")
    missing = len(plan.trials) - len(trials)
    return [*reasons, f"{missing} of {len(plan.trials)} trials were not made"] if missing > 0 else reasons


def _over(sample: Sample) -> str:
    if sample.value == _NEVER:
        return f"trial {sample.trial}: never"
    return f"trial {sample.trial}: {seconds(sample.value)} ({seconds(sample.low)} to {seconds(sample.high)})"


def _error(samples: Sequence[Sample]) -> str:
    widths = [max(s.high - s.value, s.value - s.low) for s in samples if s.value != _NEVER]
    return f"± {seconds(max(widths))}" if widths else ""


# --- texts ------------------------------------------------------------------------------------------


def _quantile(quantile: float) -> str:
    return "max" if quantile >= 1.0 else f"p{quantile * 100:g}"


def _bound_text(expectation: Expectation, limit: float) -> str:
    name = expectation.measure
    if name == "split_brain" and limit == 0:
        return "never"
    text = seconds(limit) if name in _IN_SECONDS else f"{limit:g}"
    if name in TIMES:
        text = f"{_quantile(expectation.quantile)} ≤ {text}"
    else:
        text = f"{'≥' if expectation.at_least else '≤'} {text}"
    return f"{text} (the target's own bound)" if expectation.limit is None else text


def _without_gaps(finding: Finding, expectation: Expectation, trials: Sequence[Measured]) -> Finding:
    """With entries lost, absence proves nothing: no pass, and no failure that rests on an absence."""
    rests_on_absence = expectation.measure in _NEEDS_ALL_ENTRIES
    if expectation.measure == "split_brain":
        # A lost refusal may join two reigns; an operation that was served too late needs no other entry.
        rests_on_absence = not any(trial.served_late for trial in trials)
    if finding.judgement == "fail" and not rests_on_absence:
        return finding
    return Finding(
        measure=finding.measure,
        judgement="unknown",
        measured=finding.measured,
        bound=finding.bound,
        error=finding.error,
        trial=finding.trial,
        evidence=("entries of the journal are lost", *finding.evidence),
    )
