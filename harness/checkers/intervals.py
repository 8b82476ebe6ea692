"""Sets of time as sorted, disjoint spans. Closed; a span of no length holds no time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[float, float]


def union(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for low, high in sorted(span for span in spans if span[0] < span[1]):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def shared(owners: Iterable[Sequence[Span]]) -> list[Span]:
    """When at least two owners have it. Each owner's spans are disjoint."""
    edges = [edge for spans in owners for low, high in spans for edge in ((low, 1), (high, -1))]
    found: list[Span] = []
    held, since_s = 0, 0.0
    for at_s, change in sorted(edges, key=lambda edge: (edge[0], edge[1])):
        if held >= 2 and at_s > since_s:
            found.append((since_s, at_s))
        held, since_s = held + change, at_s
    return union(found)


def length(spans: Iterable[Span]) -> float:
    return sum(high - low for low, high in spans)


def without(span: Span, holes: Iterable[Span]) -> list[Span]:
    """What is left of a span; the holes are sorted and disjoint."""
    left, (low, high) = [], span
    for hole_low, hole_high in holes:
        if hole_high <= low or hole_low >= high:
            continue
        if hole_low > low:
            left.append((low, hole_low))
        low = max(low, hole_high)
    if low < high:
        left.append((low, high))
    return left
