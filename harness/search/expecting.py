"""What every schedule must keep: no number of its own, only what the target promises under its settings."""

from __future__ import annotations

from harness.model.drill import Expectation

# With all faults over the cluster is writable again: a coordinator's longest wait, a lease, a retake.
RECOVERS_WITHIN_S = 10.0


def expected(*, keeps_all: bool) -> tuple[Expectation, ...]:
    """keeps_all: the target promises that nothing acknowledged is lost, and that reads are linearizable."""
    always = (Expectation(measure="split_brain", limit=0.0), Expectation(measure="phantom_writes", limit=0.0))
    if not keeps_all:
        return always
    return (
        Expectation(measure="lost_writes", limit=0.0),
        Expectation(measure="stale_reads", limit=0.0),
        *always,
    )
