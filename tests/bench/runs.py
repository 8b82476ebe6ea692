"""Big runs to measure with: thirty trials of kill-primary, as many operations as asked for."""

from __future__ import annotations

from harness.journalfile import Journal
from harness.model.plan import Plan
from tests.checkers.dramas import a_run
from tests.checkers.journals import expect, plan

TRIALS = 30
# Operations a trial, times the seconds between two of one writer: two clients, a write and a read each.
_OPERATIONS_SECONDS = 16.0


def a_big_run(operations: int, trials: int = TRIALS) -> Journal:
    return a_run(trials, spacing_s=_OPERATIONS_SECONDS * trials / operations)


def judged_by(operations: int, trials: int = TRIALS) -> Plan:
    """Every measure that needs no more than a run can give at so low a rate."""
    spacing_s = _OPERATIONS_SECONDS * trials / operations
    return plan(
        expect("detection_time", None),
        expect("outage", 0.3 + 4 * spacing_s, q=0.9),
        expect("rejoin_time", 0.5),
        expect("lost_writes", None),
        expect("rpo", None),
        expect("split_brain"),
        expect("stale_reads"),
        expect("false_failovers"),
        expect("phantom_writes"),
        trials=trials,
    )
