"""A. A register whose written values are unique: O(n log n), and exact.

Operations that failed, and reads without an answer, are no part of it. A write of unknown outcome has
ret = +∞; the initial value is a write with call = ret = −∞. Violations:
    a read of a value that surely failed, that nobody wrote, or that returned before its write was called
    two clusters (a write and its reads) each of which would have to precede the other (see zones)
Values that were written twice leave it undecided: only a search can tell.
Source: Gibbons and Korach, Testing Shared Memories, SIAM J. Comput. 26 (1997), with unique values.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

from harness.checkers.linear.clusters import Cluster, Clusters, clusters
from harness.checkers.linear.operation import LINEARIZABLE, Linearity, Timed, ended_s, undecided, violation
from harness.checkers.linear.zones import conflict

T = TypeVar("T", bound=Timed)


def check(operations: Iterable[Timed], initial: Hashable = None) -> Linearity:
    """Of one register."""
    writes, reads = [], []
    for op in operations:
        if op.kind == "write":
            writes.append(op)
        elif op.outcome == "ok":
            reads.append(op)
    return check_clusters(clusters(writes, reads, initial))


def check_clusters(found: Clusters[T]) -> Linearity:
    """The same of what was gathered already."""
    if found.aborted:
        read = found.aborted[0]
        return violation(f"{read.value!r} was read, though it cannot have been there by then", read)
    return check_order(found)


def check_order(found: Clusters[T]) -> Linearity:
    """The same without reads of what cannot have been there."""
    if found.twice:
        return undecided(f"{min(map(repr, found.twice))} was written twice: only a search can tell")
    pair = conflict((c.first_ret_s, c.last_call_s, c) for c in found.by_value.values())
    return _conflicting(found, *pair) if pair else LINEARIZABLE


def _conflicting(found: Clusters[T], *pair: Cluster[T]) -> Linearity:
    """What shows it: both writes, and of each value the read that returned first and the one called last."""
    values = [next(value for value, cluster in found.by_value.items() if cluster is one) for one in pair]
    shown: list[T] = []
    for value, cluster in zip(values, pair, strict=True):
        reads = [op for op in found.read if op.value == value]
        first = min(reads, key=ended_s, default=cluster.write)
        last = max(reads, key=lambda op: op.call_s, default=cluster.write)
        shown += [op for op in (cluster.write, first, last) if op is not None and op not in shown]
    one, other = (repr(value) for value in values)
    return violation(f"{one} was there before {other} was, and {other} before {one}", *shown)
