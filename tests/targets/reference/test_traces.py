"""Each rule is broken, and its trace is watched to its bad end; whoever keeps it passes the same drill."""

from __future__ import annotations

import pytest

from harness.cli.defects import simulate
from harness.model.proof import Proof
from harness.proving import pairs
from targets.reference.proofs import PROOFS
from targets.reference.target import REFERENCE
from tests.targets.reference.traces import TRACES, Trace, lines_of
from tests.worlds.simulator.test_defects import drill_of


def test_each_trace_ends_otherwise_or_breaks_another_rule() -> None:
    assert len({trace.name for trace in TRACES}) == len(TRACES)
    assert len({(trace.defect, trace.ends) for trace in TRACES}) == len(TRACES)


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.name)
def test_the_rule_of_a_trace_is_broken_in_a_line_of_a_machine(trace: Trace) -> None:
    assert 1 <= len(lines_of(trace.defect)) <= 2
    assert trace.drill in PROOFS[trace.defect].drills


@pytest.mark.slow
@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace.name)
def test_without_its_rule_a_trace_ends_badly(trace: Trace) -> None:
    proofs, drills = {trace.defect: Proof(drills=(trace.drill,))}, {trace.drill: drill_of(trace.drill)}
    made = pairs(REFERENCE, proofs, drills, world="simulator", seed=1)
    (cell,) = [simulate(pair) for pair in made if pair.defect]
    ends = {
        ending for finding in cell.findings for ending in (finding.measure, *finding.measured.split(", "))
    }
    assert trace.ends in {ending.rpartition(": ")[2] for ending in ends}, cell
