"""A bound on a time against the trials: pass, fail or unknown.

A trial's figure is an interval: a bound fails only if the low end exceeds it, passes only if the high end
keeps it, and is unknown between. `max` (quantile 1): every trial keeps the bound. A lower quantile with
enough trials (p90 29, p95 59, p99 299) is judged by its nearest rank; with fewer by the maximum, which is
said: max ≤ bound passes, max > bound is unknown. What had not come when nobody looked any more was longer
than that; what had not come by a person's own deadline is +∞, and fails where it decides.

A trial that the harness itself disturbed is left out, but only if its time kept the bound all the same: a
slow failover meets a stall more often than a fast one, so leaving out what exceeds the bound would let the
slow ones vanish. Such a trial may be anything from 0 to +∞. A trial without a figure leaves no pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from harness.checkers.figures import NEVER, few, seconds
from harness.checkers.measured import Measured
from harness.checkers.quantiles import interval, nearest_rank, trials_needed
from harness.checkers.wording import bound_text, quantile_text
from harness.model.drill import Expectation, Measure
from harness.model.plan import Plan
from harness.model.verdict import Figure, Finding, Judgement, TrialMeasures

_NEVER = float("inf")

FIGURES: Mapping[Measure, Callable[[TrialMeasures], Figure | None]] = {
    "detection_time": lambda trial: trial.detection,
    "outage": lambda trial: trial.outage,
    "rejoin_time": lambda trial: trial.rejoin,
}


class Sample(Struct, frozen=True, kw_only=True):
    """One trial's time as an interval; +∞ is "never"."""

    trial: int
    value: float
    low: float
    high: float


class Samples(Struct, frozen=True, kw_only=True):
    """counted: they decide. doubtful: disturbed, and over the bound. absent: no pass without them."""

    counted: tuple[Sample, ...]
    doubtful: tuple[Sample, ...]
    absent: tuple[str, ...]
    left_out: tuple[str, ...]


def judge_time(plan: Plan, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    samples = _samples(plan, expectation.measure, limit, trials)
    judgement, how = _judged(samples, expectation.quantile, limit)
    if judgement == "pass" and samples.absent:
        judgement = "unknown"
    over = [sample for sample in samples.counted if sample.high > limit]
    worst = max(over, key=lambda sample: (sample.low, sample.high), default=None)
    return Finding(
        measure=expectation.measure,
        judgement=judgement,
        measured=_measured(samples.counted, expectation.quantile),
        bound=bound_text(expectation, limit),
        error=_error(samples.counted),
        trial=worst.trial if worst else 0,
        evidence=(*how, *few([_over(sample) for sample in over]), *few(samples.absent + samples.left_out)),
    )


def _samples(plan: Plan, name: Measure, limit: float, trials: Sequence[Measured]) -> Samples:
    counted, doubtful, absent, left_out = [], [], [], []
    for trial in trials:
        figure, why = FIGURES[name](trial.numbers), trial.unknown.get(name) or trial.numbers.void
        said = f"trial {trial.numbers.trial} does not count: {why or 'the measure does not apply'}"
        if figure is None or name in trial.unknown or trial.numbers.void != trial.noise:
            absent.append(said)
        elif not why:
            counted.append(_sample(trial.numbers.trial, figure))
        elif _sample(trial.numbers.trial, figure).high <= limit:
            left_out.append(said)
        else:
            doubtful.append(_sample(trial.numbers.trial, figure))
            left_out.append(f"{said}; it was over the bound, so it may have been anything")
    missing = len(plan.trials) - len(trials)
    if missing > 0:
        absent.append(f"{missing} of {len(plan.trials)} trials were not made")
    return Samples(
        counted=tuple(counted), doubtful=tuple(doubtful), absent=tuple(absent), left_out=tuple(left_out)
    )


def _sample(trial: int, figure: Figure) -> Sample:
    low = _NEVER if figure == NEVER else figure.low or 0.0
    value = _NEVER if figure.value is None else figure.value
    return Sample(trial=trial, value=value, low=low, high=_NEVER if figure.high is None else figure.high)


def _judged(samples: Samples, quantile: float, limit: float) -> tuple[Judgement, tuple[str, ...]]:
    """(judgement, how it was judged)."""
    counted, doubts = samples.counted, len(samples.doubtful)
    if not counted:
        return "unknown", ("no trial measured it",)
    lows = [*(sample.low for sample in counted), *[0.0] * doubts]
    highs = [*(sample.high for sample in counted), *[_NEVER] * doubts]
    needed = trials_needed(quantile)
    if quantile < 1.0 and len(lows) >= needed:
        low, high = nearest_rank(lows, quantile), nearest_rank(highs, quantile)
        return _against(low, high, limit), _covers(counted, quantile)
    judgement = _against(max(lows), max(highs), limit)
    if quantile >= 1.0:
        return judgement, ()
    if judgement == "fail" and max(lows) != _NEVER:
        judgement = "unknown"  # one slow trial of a few does not refute the quantile
    few_said = f"{quantile_text(quantile)} is not estimable below {needed} trials, there are {len(lows)}"
    return judgement, (f"{few_said}: judged by the maximum",)


def _against(low: float, high: float, limit: float) -> Judgement:
    if low > limit:
        return "fail"
    return "pass" if high <= limit else "unknown"


def _covers(samples: Sequence[Sample], quantile: float) -> tuple[str, ...]:
    ranks, count = interval(len(samples), quantile), f"{len(samples)} trials"
    if ranks is None:
        return (count,)
    ordered = sorted(sample.value for sample in samples)
    low, high = (seconds(ordered[rank - 1]) for rank in ranks)
    return (f"95 % interval of the {quantile_text(quantile)}: {low} to {high}, {count}",)


def _measured(samples: Sequence[Sample], quantile: float) -> str:
    if not samples:
        return ""
    values = [sample.value for sample in samples]
    if quantile < 1.0 and len(values) >= trials_needed(quantile):
        return f"{quantile_text(quantile)} {seconds(nearest_rank(values, quantile))}"
    return f"max {seconds(max(values))}"


def _over(sample: Sample) -> str:
    if sample.value == _NEVER:
        waited = "" if sample.low == _NEVER else f", watched for {seconds(sample.low)}"
        return f"trial {sample.trial}: never{waited}"
    return f"trial {sample.trial}: {seconds(sample.value)} ({seconds(sample.low)} to {seconds(sample.high)})"


def _error(samples: Sequence[Sample]) -> str:
    widths = [max(s.high - s.value, s.value - s.low) for s in samples if s.high != _NEVER]
    return f"± {seconds(max(widths))}" if widths else ""
