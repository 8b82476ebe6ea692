"""B. A register with compare-and-set, all new values unique: O(n log n), and exact.

A compare-and-set u→v that took effect puts v's cluster right behind u's: nothing came between. So the
clusters form chains, each of them one cluster for A (see zones). In a chain the order is known: the write,
the reads of its value, the compare-and-set, the reads of the next value, and so on (see stages).
One of unknown outcome took effect iff its new value was seen, by a read or by another one that did; unseen,
it need not have happened. Violations, beside those of A:
    two that took effect compare with the same value: the first one had replaced it
    one compares with a value that nobody can have written, or, by way of others, with its own
One that was answered "another value is there" is no part of it: D judges those.
Source: as A; chains after Gibbons and Korach's read-modify-write.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from harness.checkers.linear.operation import (
    LINEARIZABLE,
    Linearity,
    Operation,
    ended_s,
    undecided,
    violation,
)
from harness.checkers.linear.stages import out_of_order
from harness.checkers.linear.zones import Zone, conflict


def check(operations: Iterable[Operation], initial: Hashable = None) -> Linearity:
    """Of one register; `missed` must not be among the operations."""
    gathered = _Gathered(operations, initial)
    if gathered.twice is not None:
        return undecided(f"{gathered.twice.value!r} was written twice: only a search can tell")
    return gathered.impossible() or _zoned(gathered)


class _Gathered:
    """What wrote each value, who read it, and what took its place."""

    def __init__(self, operations: Iterable[Operation], initial: Hashable) -> None:
        self.initial = initial
        self.makers: dict[Hashable, Operation] = {}
        self.readers: dict[Hashable, list[Operation]] = {}
        self.twice: Operation | None = None
        for op in operations:
            if op.kind == "missed":
                raise ValueError("only a search judges a compare-and-set that found another value")
            if op.kind == "read" and op.outcome == "ok":
                self.readers.setdefault(op.value, []).append(op)
            elif op.kind in ("write", "cas") and op.outcome != "fail":
                if op.value in self.makers or op.value == initial:
                    self.twice = self.twice or op
                self.makers[op.value] = op
        self._forget_unseen()
        self.swaps: dict[Hashable, list[Operation]] = {}
        for op in self.makers.values():
            if op.kind == "cas":
                self.swaps.setdefault(op.expected, []).append(op)

    def _forget_unseen(self) -> None:
        """What is needed: values that were read or acknowledged, and all that they came from."""
        needed: set[Hashable] = set()
        seen = [value for value, op in self.makers.items() if op.outcome == "ok" or value in self.readers]
        while seen:
            value = seen.pop()
            maker = self.makers.get(value)
            if value in needed or maker is None:
                continue
            needed.add(value)
            if maker.kind == "cas":
                seen.append(maker.expected)
        self.makers = {value: op for value, op in self.makers.items() if value in needed}

    def impossible(self) -> Linearity | None:
        there = {self.initial, *self.makers}
        for value, reads in self.readers.items():
            if value not in there:
                return violation(f"{value!r} was read, though it failed or was never written", reads[0])
        for expected, swaps in self.swaps.items():
            if expected not in there:
                return violation(
                    f"{expected!r} was replaced, though it failed or was never written", swaps[0]
                )
            if len(swaps) > 1:
                return violation(f"{expected!r} was replaced twice", *swaps[:2])
        return None

    def chain(self, root: Hashable) -> list[tuple[int, Operation]]:
        """From a write, or the initial value, on: each operation with its stage."""
        staged: list[tuple[int, Operation]] = []
        value, stage = root, 0
        if value in self.makers:
            staged.append((stage, self.makers[value]))
        while True:
            staged += [(stage + 1, read) for read in self.readers.get(value, ())]
            swaps = self.swaps.get(value)
            if not swaps:
                return staged
            value, stage = swaps[0].value, stage + 2
            staged.append((stage, swaps[0]))

    def roots(self) -> list[Hashable]:
        return [self.initial, *(value for value, op in self.makers.items() if op.kind == "write")]


def _zoned(gathered: _Gathered) -> Linearity:
    zones: list[Zone[Hashable]] = []
    chained = 0
    for root in gathered.roots():
        staged = gathered.chain(root)
        pair = out_of_order(staged)
        if pair is not None:
            return violation("the first of these must precede the second, which had ended by then", *pair)
        chained += sum(1 for _, op in staged if op.kind != "read")
        zones.append(_zone(root, [op for _, op in staged], initial=root == gathered.initial))
    if chained < len(gathered.makers):
        lost = next(op for op in gathered.makers.values() if op.kind == "cas" and not _rooted(op, gathered))
        return violation(f"{lost.value!r} came, by way of others, from itself", lost)
    clash = conflict(zones)
    if clash is None:
        return LINEARIZABLE
    one, other = (f"what began with {root!r}" for root in clash)
    shown = [op for root in clash for _, op in gathered.chain(root)]
    return violation(f"{one} was there before {other}, and {other} before {one}", *shown)


def _zone(root: Hashable, operations: Sequence[Operation], *, initial: bool) -> Zone[Hashable]:
    first_s = float("-inf") if initial else min(map(ended_s, operations))
    return first_s, max((op.call_s for op in operations), default=float("-inf")), root


def _rooted(op: Operation, gathered: _Gathered) -> bool:
    seen: set[Hashable] = set()
    value: Hashable = op.value
    while value in gathered.makers and value not in seen:
        seen.add(value)
        maker = gathered.makers[value]
        if maker.kind == "write":
            return True
        value = maker.expected
    return value == gathered.initial
