"""C. A set that is added to and read whole, elements unique: exact; O(n log n + the sizes of all reads).

Distinct reads must form a chain, each holding the one before: nothing ever leaves. They are the groups
g = 0, 1, … by size; an element first held by the reads of group g has the stage 2g, those reads 2g + 1, an
acknowledged add that no read holds 2G, G the number of groups; one of unknown outcome that no read holds
need not have happened. Then the stages decide (see stages).
Source: Jepsen's set checker, for whole reads under real time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise
from typing import cast

from harness.checkers.linear.operation import LINEARIZABLE, Linearity, Timed, undecided, violation
from harness.checkers.linear.stages import Staged, out_of_order

Held = frozenset[Hashable]


def check(operations: Iterable[Timed]) -> Linearity:
    """Of one set, empty at first; a read is a frozenset."""
    adds: dict[Hashable, Timed] = {}
    reads: list[Timed] = []
    for op in operations:
        if op.kind == "add" and op.outcome != "fail":
            if op.value in adds:
                return undecided(f"{op.value!r} was added twice: only a search can tell")
            adds[op.value] = op
        elif op.kind == "read" and op.outcome == "ok":
            reads.append(op)
    groups: Sequence[Held] = sorted({cast(Held, op.value) for op in reads}, key=len)
    return _impossible(groups, adds, reads) or _ordered(groups, adds, reads)


def _impossible(
    groups: Sequence[Held], adds: dict[Hashable, Timed], reads: Sequence[Timed]
) -> Linearity | None:
    for smaller, larger in pairwise(groups):
        if not smaller < larger:
            pair = (_reading(smaller, reads), _reading(larger, reads))
            return violation("two reads each hold something that the other lacks", *pair)
    unknown = next((element for element in groups[-1] if element not in adds), None) if groups else None
    if unknown is not None:
        holds = next(op for op in reads if unknown in cast(Held, op.value))
        return violation(f"{unknown!r} is in the set, though it failed or was never added", holds)
    return None


def _reading(held: Held, reads: Sequence[Timed]) -> Timed:
    return next(op for op in reads if op.value == held)


def _ordered(groups: Sequence[Held], adds: dict[Hashable, Timed], reads: Sequence[Timed]) -> Linearity:
    number = {held: group for group, held in enumerate(groups)}
    first: dict[Hashable, int] = {}
    before: Held = frozenset()
    for group, held in enumerate(groups):
        first.update(dict.fromkeys(held - before, group))
        before = held
    staged: list[Staged[Timed]] = [(2 * number[cast(Held, op.value)] + 1, op) for op in reads]
    staged += [(2 * first[e], op) for e, op in adds.items() if e in first]
    staged += [(2 * len(groups), op) for e, op in adds.items() if e not in first and op.outcome == "ok"]
    pair = out_of_order(staged)
    if pair is None:
        return LINEARIZABLE
    return violation("what was read has the first of these before the second, which had ended by then", *pair)
