"""How an expectation reads in a finding. Judges nothing."""

from __future__ import annotations

from harness.checkers.figures import seconds
from harness.model.drill import Expectation, Measure

TIMES: tuple[Measure, ...] = ("detection_time", "outage", "rejoin_time")
IN_SECONDS: frozenset[Measure] = frozenset(("rpo", "split_brain", *TIMES))


def quantile_text(quantile: float) -> str:
    return "max" if quantile >= 1.0 else f"p{quantile * 100:g}"


def bound_text(expectation: Expectation, limit: float) -> str:
    name = expectation.measure
    if expectation.seen:
        return "to be seen"
    if name == "split_brain" and limit == 0:
        return "never"
    text = seconds(limit) if name in IN_SECONDS else f"{limit:g}"
    if name in TIMES and not expectation.at_least:
        text = f"{quantile_text(expectation.quantile)} ≤ {text}"
    else:
        text = f"{'≥' if expectation.at_least else '≤'} {text}"
    return f"{text} (the target's own bound)" if expectation.limit is None else text
