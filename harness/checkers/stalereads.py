"""Reads that returned a value which had surely been overwritten before they were called.

Per key, values are unique. A write w of v is complete by c(v) = min(ret(w) if it was acknowledged, ret of
any read that returned v): what was read has happened. For every other write w' of the key likewise c(w').
    first_overwrite(v) = min c(w') over the writes with call(w') > c(v)
    a read of v is stale  ⇔  its call > first_overwrite(v);   staleness ≥ call − first_overwrite(v)
What truly overwrote v first came after v and after its own call, so over the writes w' that may follow w
    staleness ≤ ret − min max(call(w'), call(w)),   c(w') ≥ call(w)
A read that found nothing is stale if any write of its key was complete before its call.
Real-time order is strict: closed intervals that touch are concurrent. This finds every stale read that
one overwriting write proves; it is no full linearizability check. Reads of a value that surely failed, that
nobody wrote, or that nobody had begun to write when they returned, are told apart as `aborted`. A value
that was written twice proves nothing. Keys live through the whole run, so all trials count.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping
from itertools import accumulate
from operator import itemgetter

from msgspec import Struct

from harness.checkers.figures import at, seconds
from harness.checkers.linear.clusters import Cluster, Clusters
from harness.model.event import Returned

_NEVER = float("inf")


class Stale(Struct, frozen=True, kw_only=True):
    """overwritten_s: by then it surely was, by the overwriter; perhaps_s: no earlier than that."""

    read: Returned
    overwriter: Returned
    overwritten_s: float
    perhaps_s: float

    @property
    def staleness_s(self) -> float:
        """At least."""
        return self.read.call_s - self.overwritten_s

    @property
    def staleness_high_s(self) -> float:
        """At most."""
        return (self.read.ret_s or self.read.call_s) - self.perhaps_s

    def text(self) -> str:
        read, other = self.read, self.overwriter
        return (
            f"trial {read.trial}: {read.client} read {read.value or 'nothing'} of key {read.key} at "
            f"{read.node or 'a node'} in epoch {read.epoch}, called at {at(read.call_s)}; {other.value} "
            f"(called at {at(other.call_s)}) had overwritten it by {at(self.overwritten_s)}, "
            f"{seconds(self.staleness_s)} earlier"
        )


class Reads(Struct, frozen=True, kw_only=True):
    """checked: reads of values that may have been there. aborted: those of values that cannot."""

    checked: int
    stale: tuple[Stale, ...]
    aborted: tuple[Returned, ...]


def check(keys: Mapping[str, Clusters[Returned]]) -> Reads:
    """keys: of the whole run."""
    stale = [found for key in keys.values() for found in _Overwrites(key.by_value).stale(key.read)]
    return Reads(
        checked=sum(len(key.read) for key in keys.values()),
        stale=tuple(sorted(stale, key=lambda found: found.read.call_s)),
        aborted=tuple(read for key in keys.values() for read in key.aborted),
    )


def _earlier(best: tuple[float, Returned], other: tuple[float, Returned]) -> tuple[float, Returned]:
    return other if other[0] < best[0] else best


class _Overwrites:
    """Writes by call; for each place the earliest completion from there on."""

    def __init__(self, clusters: Mapping[Hashable, Cluster[Returned]]) -> None:
        self._clusters = clusters
        written = [(c.write.call_s, c.first_ret_s, c.write) for c in clusters.values() if c.write is not None]
        written.sort(key=itemgetter(0))
        self._calls = [call_s for call_s, _, _ in written]
        self._writes = [write for _, _, write in written]
        self._last_done = list(accumulate((done_s for _, done_s, _ in written), max))
        # For each place the earliest completion from there on, and whose it is.
        first = accumulate(((done_s, write) for _, done_s, write in reversed(written)), _earlier)
        self._first = [*first][::-1]

    def stale(self, reads: Iterable[Returned]) -> list[Stale]:
        """Of most values not even the read that was called last is stale."""
        late: dict[Hashable, tuple[float, Returned, float]] = {}
        for value, cluster in self._clusters.items():
            overwritten_s, overwriter = self._overwritten(cluster)
            if overwriter is not None and cluster.last_call_s > overwritten_s:
                late[value] = overwritten_s, overwriter, self._perhaps_s(cluster)
        if not late:
            return []
        return [
            Stale(read=read, overwritten_s=found[0], overwriter=found[1], perhaps_s=found[2])
            for read in reads
            if (found := late.get(read.value)) and read.call_s > found[0]
        ]

    def _perhaps_s(self, cluster: Cluster[Returned]) -> float:
        """The earliest that any write may have taken the value's place: there is one."""
        if cluster.write is None:
            return self._calls[0]
        written_s = cluster.write.call_s
        place = bisect_left(self._calls, written_s)
        if place and self._last_done[place - 1] >= written_s:
            return written_s
        return self._calls[place + 1 if self._writes[place] is cluster.write else place]

    def _overwritten(self, cluster: Cluster[Returned]) -> tuple[float, Returned | None]:
        """first_overwrite(v), and the write that proves it."""
        place = bisect_right(self._calls, cluster.first_ret_s)
        return self._first[place] if place < len(self._first) else (_NEVER, None)
