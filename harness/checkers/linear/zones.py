"""Can clusters of operations stand one after the other? A cluster is what no other write may come between.

Of each cluster the zone is [f, s]: f = min ret, s = max call of its operations. It is forward if f < s: then
the value was there from f to s. Else it is backward: there is a moment at which all of it can have happened.
Cluster A must precede B iff some operation of A returned before one of B was called: f_A < s_B. So
    linearizable  ⇔  no two forward zones overlap (f_B < s_A and f_A < s_B), and
                     no backward zone B lies inside of a forward A (f_A < s_B and f_B < s_A)
Two backward zones never conflict. Cycles of two suffice: of a longer one without a cycle of two, each
i → i+1 → i+2 gives f_i < s_{i+1} ≤ f_{i+2} or the like, and so f_i < f_{i+2} all round, which cannot be.
(Gibbons and Korach 1997; zones as in Golab, Li and Shah 2011.) O(n log n).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")
Zone = tuple[float, float, T]  # f, s, and whose it is


def conflict(zones: Iterable[Zone[T]]) -> tuple[T, T] | None:
    """Two clusters each of which would have to precede the other; None where all can be ordered."""
    forward: list[Zone[T]] = []
    backward: list[Zone[T]] = []
    for zone in zones:
        (forward if zone[0] < zone[1] else backward).append(zone)
    forward.sort(key=itemgetter(0))
    for one, other in pairwise(forward):
        if other[0] < one[1]:
            return one[2], other[2]
    return _inside(forward, backward)


def _inside(forward: list[Zone[T]], backward: list[Zone[T]]) -> tuple[T, T] | None:
    """Forward zones are disjoint by now: of those that begin before s_B the last one ends last."""
    begins = [zone[0] for zone in forward]
    for first_ret_s, last_call_s, whose in backward:
        place = bisect_left(begins, last_call_s)
        if place and first_ret_s < forward[place - 1][1]:
            return forward[place - 1][2], whose
    return None
