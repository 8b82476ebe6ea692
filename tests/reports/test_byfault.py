"""What each fault cost, in a table of its own where trials had several."""

from __future__ import annotations

from harness.model.verdict import TrialMeasures
from reports.byfault import by_fault
from reports.look import Look
from tests.reports.drawing import drawn
from tests.reports.examples import trial

TURNS = [
    trial(1, fault="cut n1", failovers=1, lost_before_fault=2, lost_after_fault=1),
    trial(2, fault="cut w1", failovers=0, outage=None),
    trial(3, fault="cut router", failovers=0),
    trial(4, fault="cut n1", scale=2.0, failovers=1),
]


def lines(trials: list[TrialMeasures]) -> list[str]:
    table = by_fault(trials, Look())
    return [] if table is None else [" ".join(line.split()) for line in drawn(table).splitlines()]


def test_each_fault_has_a_row_with_the_worst_of_its_outages_and_what_it_cost() -> None:
    head, _, *rows = lines(TURNS)
    assert head == "What each fault cost trials outage failovers lost"
    assert rows == ["cut n1 2 143 ms 2 3", "cut w1 1 - 0 0", "cut router 1 71 ms 0 0"]


def test_trials_that_are_alike_have_no_such_table() -> None:
    assert lines([trial(1), trial(2)]) == []
    assert lines([trial(1, fault="kill n1"), trial(2, fault="kill n2")]) == []
