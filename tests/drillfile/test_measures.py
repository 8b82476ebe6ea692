"""Each bound as a person writes it."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.drillfile.measures import MEASURES
from harness.model.drill import Expectation, Measure
from tests.drillfile.written import GOOD, read, refused


def expecting(bounds: str) -> str:
    """A drill that expects this, in line 9."""
    return GOOD.replace("expect:\n  lost_writes: 0\n", f"expect: {bounds}\n")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{outage: {max: 1s}}", [Expectation(measure="outage", quantile=1.0, limit=1.0)]),
        (
            "{outage: {p90: 300ms, max: 1s}}",
            [
                Expectation(measure="outage", quantile=0.9, limit=0.3),
                Expectation(measure="outage", quantile=1.0, limit=1.0),
            ],
        ),
        ("{detection_time: {max: bound}}", [Expectation(measure="detection_time", limit=None)]),
        ("{rejoin_time: {p50: 2s}}", [Expectation(measure="rejoin_time", quantile=0.5, limit=2.0)]),
        ("{lost_writes: 0}", [Expectation(measure="lost_writes", limit=0)]),
        ("{lost_writes: bound}", [Expectation(measure="lost_writes", limit=None)]),
        ("{rpo: 500ms}", [Expectation(measure="rpo", limit=0.5)]),
        ("{rpo: bound}", [Expectation(measure="rpo", limit=None)]),
        ("{split_brain: never}", [Expectation(measure="split_brain", limit=0)]),
        ("{failovers: 0..1}", [Expectation(measure="failovers", limit=1)]),
        (
            "{failovers: 1..3}",
            [
                Expectation(measure="failovers", limit=3),
                Expectation(measure="failovers", limit=1, at_least=True),
            ],
        ),
        ("{failovers: 0}", [Expectation(measure="failovers", limit=0)]),
        (
            "{failovers: 1}",
            [
                Expectation(measure="failovers", limit=1),
                Expectation(measure="failovers", limit=1, at_least=True),
            ],
        ),
        ("{phantom_writes: 3}", [Expectation(measure="phantom_writes", limit=3)]),
        ("{split_brain: seen}", [Expectation(measure="split_brain", limit=0, seen=True)]),
        ("{lost_writes: seen}", [Expectation(measure="lost_writes", limit=0, seen=True)]),
        ("{rpo: seen}", [Expectation(measure="rpo", limit=0, seen=True)]),
        ("{outage: {min: 20s}}", [Expectation(measure="outage", limit=20.0, at_least=True)]),
    ],
)
def test_a_bound_is_read(written: str, expected: list[Expectation]) -> None:
    assert list(read(expecting(written)).expect) == expected


def test_every_measure_of_a_verdict_can_be_bounded_as_its_example_says() -> None:
    assert set(MEASURES) == set(get_args(Measure))
    for name, measure in MEASURES.items():
        assert read(expecting(f"{{{name}: {measure.example}}}")).expect


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        ("{outge: {max: 1s}}", "expect.outge", "unknown measure 'outge'; did you mean 'outage'?"),
        ("{outage: 300ms}", "expect.outage", "say of which trials: {max: 1s}"),
        ("{outage: {p91: 300ms}}", "expect.outage.p91", "did you mean 'p99'?"),
        ("{outage: {max: 1}}", "expect.outage.max", "1 has no unit"),
        ("{outage: {max: bund}}", "expect.outage.max", "not a duration"),
        ("{outage: {}}", "expect.outage", "say of which trials"),
        ("{lost_writes: none}", "expect.lost_writes", "no whole number"),
        ("{lost_writes: -1}", "expect.lost_writes", "no whole number"),
        ("{lost_writes: 0.5}", "expect.lost_writes", "no whole number"),
        (f"{{lost_writes: {'9' * 90}}}", "expect.lost_writes", "no whole number"),
        ("{lost_writes: {max: 0}}", "expect.lost_writes", "a block stands where"),
        ("{rpo: 0}", "expect.rpo", "0 has no unit"),
        ("{split_brain: 0}", "expect.split_brain", "write never"),
        ("{split_brain: no}", "expect.split_brain", "write never, or seen"),
        ("{failovers: seen}", "expect.failovers", "no whole number"),
        ("{outage: seen}", "expect.outage", "say of which trials"),
        ("{outage: {min: bound}}", "expect.outage.min", "not a duration"),
        ("{failovers: 3..1}", "expect.failovers", "write 1..3"),
        ("{failovers: bound}", "expect.failovers", "no whole number"),
        ("{}", "expect", "nothing is judged"),
        ("", "expect", "nothing is judged"),
        ("[lost_writes]", "expect", "nothing is judged"),
    ],
)
def test_a_wrong_bound_is_told_with_the_fix(written: str, field: str, says: str) -> None:
    error = refused(expecting(written))
    assert (error.line, error.field) == (9, field)
    assert says in error.problem
