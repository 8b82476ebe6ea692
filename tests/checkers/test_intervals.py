"""Sets of time, against the same sets asked instant by instant."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from harness.checkers.intervals import Span, length, shared, union, without

ENDS = st.integers(0, 12)
SPANS = st.lists(st.tuples(ENDS, ENDS).map(lambda ends: (float(min(ends)), float(max(ends)))), max_size=5)
# Between two whole numbers nothing changes: the halves stand for all instants.
INSTANTS = [n + 0.5 for n in range(12)]


def holds(spans: list[Span], at: float) -> bool:
    return any(low < at < high for low, high in spans)


def measured(hit: list[bool]) -> float:
    return float(sum(hit))


@given(SPANS)
def test_a_union_holds_what_any_span_holds_sorted_and_apart(spans: list[Span]) -> None:
    joined = union(spans)
    assert [holds(joined, at) for at in INSTANTS] == [holds(spans, at) for at in INSTANTS]
    assert all(a[1] < b[0] for a, b in pairwise(joined))
    assert length(joined) == measured([holds(spans, at) for at in INSTANTS])


@given(st.lists(SPANS, max_size=4))
def test_shared_is_when_two_owners_have_it(owners: list[list[Span]]) -> None:
    expected = [sum(holds(spans, at) for spans in owners) >= 2 for at in INSTANTS]
    found = shared([union(spans) for spans in owners])
    assert [holds(found, at) for at in INSTANTS] == expected
    assert length(found) == measured(expected)


@given(st.tuples(ENDS, ENDS).map(sorted), SPANS)
def test_without_takes_the_holes_out(ends: list[int], holes: list[Span]) -> None:
    span = (float(ends[0]), float(ends[1]))
    left = without(span, union(holes))
    assert [holds(left, at) for at in INSTANTS] == [
        holds([span], at) and not holds(holes, at) for at in INSTANTS
    ]


def test_spans_that_only_touch_share_no_time() -> None:
    assert length(shared([[(0.0, 1.0)], [(1.0, 2.0)]])) == 0.0
