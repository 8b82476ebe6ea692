"""Operations whose order is known but for those of one stage: does it keep real time?

    linearizable  ⇔  for every stage: min ret(stage) ≥ max call(all earlier stages)
Within a stage any order will do, so real time alone decides there, and it has no cycles. A stage that ends
before an earlier one is called would have to precede it. O(n log n).
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import TypeVar

from harness.checkers.linear.operation import Timed, ended_s

T = TypeVar("T", bound=Timed)
Staged = tuple[int, T]


def out_of_order(staged: Iterable[Staged[T]]) -> tuple[T, T] | None:
    """(an operation of an earlier stage, one of a later stage that ended before it was called)."""
    latest: T | None = None  # the last call of the stages before
    newest: T | None = None  # the same with the stage under way
    stage = None
    for number, op in sorted(staged, key=itemgetter(0)):
        if number != stage:
            stage, latest = number, newest
        if latest is not None and ended_s(op) < latest.call_s:
            return latest, op
        if newest is None or op.call_s > newest.call_s:
            newest = op
    return None
