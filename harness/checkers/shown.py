"""What a drill is there to show, judged the other way round: pass, fail or unknown.

Known-bad schedules keep a harness honest: one that does not see their finding is blind.

    seen      a violation, proven in one trial at least, passes; certainly none in any trial fails
    {min: t}  a time that was t or longer in every trial passes; one that was surely shorter fails

A trial proves an absence only if it was played to its end as planned. A stall of the harness makes a stamp
late by its own length, so each time is widened by the stalls of its trial instead of being left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.checkers.figures import NEVER, few, seconds
from harness.checkers.measured import Measured
from harness.checkers.times import FIGURES
from harness.checkers.wording import bound_text
from harness.model.drill import Expectation
from harness.model.verdict import Figure, Finding, Judgement

_INFINITE = float("inf")


def turned_round(finding: Finding, expectation: Expectation, trials: Sequence[Measured]) -> Finding:
    """finding: the same measure, judged as if nothing of the kind might be seen."""
    bound = bound_text(expectation, 0.0)
    match finding.judgement:
        case "fail":
            return structs.replace(finding, judgement="pass", bound=bound, shown=True)
        case "unknown":
            return structs.replace(finding, bound=bound)
    doubts = [f"trial {t.numbers.trial}: {t.unplayed}" for t in trials if t.unplayed]
    judgement: Judgement = "unknown" if doubts else "fail"
    said = "it was looked for in every trial, and is certainly absent"
    return structs.replace(
        finding, judgement=judgement, bound=bound, evidence=few(doubts) if doubts else (said,)
    )


def judge_least(planned: int, expectation: Expectation, limit: float, trials: Sequence[Measured]) -> Finding:
    """planned: how many trials there should be."""
    name = expectation.measure
    spans, reasons = [], []
    for trial in trials:
        figure, number = FIGURES[name](trial.numbers), trial.numbers.trial
        why = trial.unknown.get(name) or trial.unplayed or ("" if figure else "the measure does not apply")
        if figure is None or why:
            reasons.append(f"trial {number}: {why}")
        else:
            spans.append((number, *_widened(figure, trial.stalled_s)))
    if planned > len(trials):
        reasons.append(f"{planned - len(trials)} of {planned} trials were not made")
    short = [span for span in spans if span[2] < limit]
    open_ = [span for span in spans if span[1] < limit <= span[2]]
    judgement: Judgement = "fail" if short else "unknown" if open_ or reasons or not spans else "pass"
    lines = [f"trial {number}: {seconds(low)} to {seconds(high)}" for number, low, high in short + open_]
    return Finding(
        measure=name,
        judgement=judgement,
        measured=f"min {seconds(min(low for _, low, _ in spans))}" if spans else "",
        bound=bound_text(expectation, limit),
        trial=(short + open_)[0][0] if lines else 0,
        evidence=(*few(lines), *few(reasons)),
        shown=judgement == "pass",
    )


def _widened(figure: Figure, stalled_s: float) -> tuple[float, float]:
    """What had not come when nobody looked any more was longer than that."""
    low = _INFINITE if figure == NEVER else max((figure.low or 0.0) - stalled_s, 0.0)
    return low, _INFINITE if figure.high is None else figure.high + stalled_s
