"""One writer's operations -> the times in which it was not served. Knows no fault but the moment it came.

Writes in the order in which the open loop wanted them. A run of 3 good ones in a row is service; what lies
between two such runs and holds a bad one (failed or unknown) is an interruption. It ends with the first
good return of the next run. Without a next run it never ends; where the load itself ended on good writes
that are too few for a run, it may have ended with them: `sure` is false.

Slow but good writes are no interruption by count, but silence is: where no write is good for longer than
the load can explain, and no interruption says why. The load explains the longest silence before the fault,
but at least 2 and at most 5 times the mean spacing of writes. In the silence in which the primary was struck
it explains no more than 2: a noisy machine makes an outage less sure (`explained_s`), never nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from msgspec import Struct

from harness.model.event import Returned

RUN = 3
EXPLAINED_MIN, EXPLAINED_MAX = 2, 5


class Interruption(Struct, frozen=True, kw_only=True):
    """ended: the first good write of the next run; None if none came. sure: that run was whole."""

    last_good_s: float
    first_bad: Returned
    last_bad: Returned
    ended: Returned | None
    sure: bool

    @property
    def end_s(self) -> float:
        return returned_s(self.ended) if self.ended else self.last_bad.call_s


class Silence(Struct, frozen=True, kw_only=True):
    """No good return from from_s to to_s. called_s: when the last good one before it was called.

    explained_s: how long the load itself may be silent.
    """

    from_s: float
    to_s: float
    called_s: float
    explained_s: float


def is_good(op: Returned) -> bool:
    return op.outcome == "ok" and op.ret_s is not None


def returned_s(op: Returned) -> float:
    return op.call_s if op.ret_s is None else op.ret_s


def open_until_s(op: Returned, timeout_s: float) -> float:
    """Until then it waited for its answer."""
    return op.call_s + timeout_s if op.ret_s is None else op.ret_s


def interruptions(ops: Sequence[Returned], *, from_s: float, timeout_s: float) -> list[Interruption]:
    """All whose bad writes the time from from_s on can have caused. ops: of one writer, by schedule."""
    good = [is_good(op) for op in ops]
    stable = _stable(good)
    found: list[Interruption] = []
    index, last_good_s = 0, ops[0].scheduled_s
    while index < len(ops):
        if good[index] or open_until_s(ops[index], timeout_s) < from_s:
            if good[index] and stable[index]:
                last_good_s = max(last_good_s, returned_s(ops[index]))
            index += 1
            continue
        back = next((i for i in range(index, len(ops)) if stable[i]), len(ops))
        found.append(_interruption(ops, good, stable, (index, back), last_good_s))
        index = back
    return found


def _stable(good: Sequence[bool]) -> list[bool]:
    """Which are part of a run of at least RUN good ones."""
    stable, begin = [False] * len(good), 0
    for index in range(len(good) + 1):
        if index == len(good) or not good[index]:
            if index - begin >= RUN:
                stable[begin:index] = [True] * (index - begin)
            begin = index + 1
    return stable


def _interruption(
    ops: Sequence[Returned],
    good: Sequence[bool],
    stable: Sequence[bool],
    between: tuple[int, int],
    last_good_s: float,
) -> Interruption:
    index, back = between
    bad = [op for op, is_so in zip(ops[index:back], good[index:back], strict=True) if not is_so]
    ended = _first_return(ops, stable, back) if back < len(ops) else _last_goods(ops, good)
    return Interruption(
        last_good_s=min(last_good_s, returned_s(ended)) if ended else last_good_s,
        first_bad=bad[0],
        last_bad=max(bad, key=attrgetter("call_s")),
        ended=ended,
        sure=back < len(ops),
    )


def _first_return(ops: Sequence[Returned], stable: Sequence[bool], begin: int) -> Returned:
    """Of the run that begins here, the write that returned first: an older one may have waited longer."""
    first = ops[begin]
    for index in range(begin, len(ops)):
        op = ops[index]
        if not stable[index] or op.call_s > returned_s(first):
            break
        if returned_s(op) < returned_s(first):
            first = op
    return first


def _last_goods(ops: Sequence[Returned], good: Sequence[bool]) -> Returned | None:
    """The first return of the good writes on which the load ended; None if it ended on a bad one."""
    begin = next((i for i in range(len(ops), 0, -1) if not good[i - 1]), 0)
    return min(ops[begin:], key=returned_s, default=None)


def silence(
    ops: Sequence[Returned],
    *,
    from_s: float,
    apart_from: Sequence[Interruption],
    struck_s: Sequence[float] = (),
) -> Silence | None:
    """The longest since from_s that neither the load nor an interruption explains. ops: as above.

    struck_s: when the primary was struck.
    """
    good = sorted((returned_s(op), op.call_s) for op in ops if is_good(op))
    spacing_s = (ops[-1].scheduled_s - ops[0].scheduled_s) / max(len(ops) - 1, 1)
    before_s = max((b - a for (a, _), (b, _) in pairwise(good) if b <= from_s), default=0.0)
    least_s = EXPLAINED_MIN * spacing_s
    explained_s = min(max(before_s, least_s), EXPLAINED_MAX * spacing_s)
    quiet = [
        Silence(from_s=max(a, from_s), to_s=b, called_s=max(call, from_s), explained_s=explained_s)
        for (a, call), (b, _) in pairwise(good)
        if b - max(a, from_s) > (least_s if any(a <= s <= b for s in struck_s) else explained_s)
        and not any(i.last_good_s < b and a < i.end_s for i in apart_from)
    ]
    return max(quiet, key=lambda s: s.to_s - s.from_s, default=None)


def hidden_s(ops: Sequence[Returned], *, from_s: float) -> float:
    """So long an interruption may have lasted that no write met: each good one was served in its time."""
    good = sorted((returned_s(op), op.call_s) for op in ops if is_good(op))
    return max((b - max(call, from_s) for (_, call), (b, _) in pairwise(good) if b > from_s), default=0.0)
