"""The operations of one register by value: a write and the reads that returned it. Judges nothing.

Written values are unique. Of each cluster
    first_ret_s   f = min ret of its write, if that was acknowledged, and of its reads: by then it was there
    last_call_s   s = max call: after that it was there still, or was written only then
An operation of unknown outcome has no return: its cluster is surely there only once somebody read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from msgspec import Struct

from harness.checkers.linear.operation import NEVER, Timed, ended_s
from harness.model.event import Returned

T = TypeVar("T", bound=Timed)


class Cluster(Generic[T]):
    """write: None for what was there at the beginning: a write before all others, with no end of its own."""

    __slots__ = ("first_ret_s", "last_call_s", "write")

    def __init__(self, write: T | None, first_ret_s: float, last_call_s: float) -> None:
        self.write, self.first_ret_s, self.last_call_s = write, first_ret_s, last_call_s


class Clusters(Struct, Generic[T], frozen=True, kw_only=True):
    """by_value: of every value that may have been there, and once only; the initial one among them.

    read: how many reads found such a value. twice: values that were written more than once: they prove
    nothing. aborted: reads of a value that surely failed, that nobody wrote, or wrote only after them.
    """

    by_value: dict[Hashable, Cluster[T]]
    read: list[T]
    twice: set[Hashable]
    aborted: list[T]


def clusters(writes: Iterable[T], reads: Iterable[T], initial: Hashable) -> Clusters[T]:
    """reads: those that were answered. Of one object."""
    by_value, twice = _written(writes, initial)
    read, aborted = [], []
    for op in reads:
        cluster = by_value.get(op.value)
        ret_s, call_s = op.ret_s, op.call_s
        if cluster is None or ret_s is None:
            if op.value not in twice:
                aborted.append(op)
            continue
        if cluster.write is not None and ret_s < cluster.write.call_s:
            aborted.append(op)
            continue
        read.append(op)
        if ret_s < cluster.first_ret_s:
            cluster.first_ret_s = ret_s
        if call_s > cluster.last_call_s:
            cluster.last_call_s = call_s
    return Clusters(by_value=by_value, read=read, twice=twice, aborted=aborted)


def by_key(writes: Iterable[Returned], reads: Iterable[Returned]) -> dict[str, Clusters[Returned]]:
    """Every key that clients used, as a register that holds "" at first."""
    written: defaultdict[str, list[Returned]] = defaultdict(list)
    answered: defaultdict[str, list[Returned]] = defaultdict(list)
    for op in writes:
        written[op.key].append(op)
    for op in reads:
        if op.outcome == "ok":
            answered[op.key].append(op)
    keys = dict.fromkeys((*written, *answered))
    return {key: clusters(written.get(key, ()), answered.get(key, ()), "") for key in keys}


def _written(writes: Iterable[T], initial: Hashable) -> tuple[dict[Hashable, Cluster[T]], set[Hashable]]:
    by_value: dict[Hashable, Cluster[T]] = {initial: Cluster(None, -NEVER, -NEVER)}
    failed: list[Hashable] = []
    twice: set[Hashable] = set()
    for op in writes:
        value = op.value
        if value in by_value:
            twice.add(value)
        elif op.outcome == "fail":
            failed.append(value)
        by_value[value] = Cluster(op, ended_s(op), op.call_s)
    for value in (*failed, *twice):
        by_value.pop(value, None)
    return by_value, twice
