"""What the checkers share, and what one trial measured; a checker that crashes makes its measures unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, get_args

from msgspec import Struct

from harness.checkers.failovers import Failovers
from harness.checkers.figures import NEVER
from harness.checkers.history import History, Trial
from harness.checkers.splitbrain import Firsts
from harness.checkers.stalereads import Reads
from harness.model.drill import Measure
from harness.model.plan import Plan
from harness.model.verdict import Figure, TrialMeasures

T = TypeVar("T")


class Shared(Struct, frozen=True, kw_only=True):
    """What all trials are measured against, of the whole run. None where a checker crashed."""

    plan: Plan
    history: History
    attempted: Mapping[str, int]
    reads: Reads | None
    turns: Failovers | None
    first: Firsts | None


class Measured(Struct, frozen=True, kw_only=True):
    """One trial. unknown: why a measure could not be taken. proven: violations that need no number.

    rpo: with its error. faults_missing, noise: what is wrong with the injection, and with the harness.
    unplayed: why it was not gone through as planned, so that nothing absent is proven; empty when it was.
    stalled_s: how long harness and clients were not scheduled, all in all.
    """

    numbers: TrialMeasures
    unknown: Mapping[Measure, str]
    evidence: Mapping[Measure, tuple[str, ...]]
    proven: frozenset[Measure]
    served_late: bool  # an old primary served after a newer one: two operations alone prove it
    rpo: Figure
    faults_missing: tuple[str, ...]
    noise: str
    crashed: tuple[str, ...]
    unplayed: str = ""
    stalled_s: float = 0.0


class Guard:
    """Runs checkers; a crash leaves the default, and a reason for each measure that it leaves unknown."""

    def __init__(self) -> None:
        self.unknown: dict[Measure, str] = {}
        self.crashed: list[str] = []

    def run(self, name: str, measures: Sequence[Measure], default: T, check: Callable[[], T]) -> T:
        try:
            return check()
        except Exception as error:
            text = f"the checker `{name}` crashed: {type(error).__name__}: {error}"
            self.unknown.update(dict.fromkeys(measures, text))
            self.crashed.append(text)
            return default


def unmeasured(trial: Trial) -> Measured:
    """Of a trial whose measuring crashed: nothing is known."""
    text = f"trial {trial.number} could not be measured"
    numbers = TrialMeasures(
        trial=trial.number,
        fault="",
        fault_at_s=None,
        fault_error_s=0.0,
        phases=(),
        detection=None,
        outage=None,
        stranded_outage=None,
        rejoin=None,
        writes_acknowledged=0,
        writes_unknown=0,
        writes_failed=0,
        reads_ok=0,
        lost_before_fault=0,
        lost_after_fault=0,
        recovered=0,
        phantom=0,
        duplicated=0,
        rpo_s=0.0,
        split_brain_low_s=0.0,
        split_brain_high_s=0.0,
        claimed_s=0.0,
        stale_reads=0,
        staleness_max_s=0.0,
        failovers=0,
        false_failovers=0,
        void=text,
    )
    return Measured(
        numbers=numbers,
        unknown=dict.fromkeys(get_args(Measure), text),
        evidence={},
        proven=frozenset(),
        served_late=False,
        rpo=NEVER,
        faults_missing=(text,),
        noise="",
        crashed=(),
        unplayed=text,
    )
