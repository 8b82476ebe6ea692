"""Reads that returned a value which had surely been overwritten before they were called.

Per key, values are unique. A write w of v is complete by c(v) = min(ret(w) if it was acknowledged, ret of
any read that returned v): what was read has happened. For every other write w' of the key likewise c(w').
    first_overwrite(v) = min c(w') over the writes with call(w') > c(v)
    a read of v is stale  ⇔  its call > first_overwrite(v);   staleness = call − first_overwrite(v)
A read that found nothing is stale if any write of its key was complete before its call.
Real-time order is strict: closed intervals that touch are concurrent. This finds every stale read that
one overwriting write proves; it is no full linearizability check. Reads of a value that surely failed, that
nobody wrote, or that nobody had begun to write when they returned, are told apart as `aborted`. A value
that was written twice proves nothing. Keys live through the whole run, so all trials count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from msgspec import Struct

from harness.checkers.figures import at, seconds
from harness.model.event import Returned

_NEVER = float("inf")


class Stale(Struct, frozen=True, kw_only=True):
    read: Returned
    overwriter: Returned
    overwritten_s: float

    @property
    def staleness_s(self) -> float:
        return self.read.call_s - self.overwritten_s

    def text(self) -> str:
        read, other = self.read, self.overwriter
        return (
            f"trial {read.trial}: {read.client} read {read.value or 'nothing'} of key {read.key} at "
            f"{read.node or 'a node'} in epoch {read.epoch}, called at {at(read.call_s)}; {other.value} "
            f"(called at {at(other.call_s)}) had overwritten it by {at(self.overwritten_s)}, "
            f"{seconds(self.staleness_s)} earlier"
        )


class Reads(Struct, frozen=True, kw_only=True):
    """checked: reads that were ok. aborted: those of a value that cannot have been there."""

    checked: int
    stale: tuple[Stale, ...]
    aborted: tuple[Returned, ...]


def check(writes: Iterable[Returned], reads: Iterable[Returned]) -> Reads:
    keys: dict[str, _Key] = {}
    for write in writes:
        key = keys.get(write.key)
        if key is None:
            key = keys[write.key] = _Key()
        key.writes.append(write)
    for read in reads:
        if read.outcome == "ok" and read.ret_s is not None:
            key = keys.get(read.key)
            if key is None:
                key = keys[read.key] = _Key()
            key.reads.append(read)
    found = [(key.check(), len(key.reads)) for key in keys.values()]
    return Reads(
        checked=sum(reads for _, reads in found),
        stale=tuple(sorted((s for (stale, _), _ in found for s in stale), key=lambda s: s.read.call_s)),
        aborted=tuple(read for (_, aborted), _ in found for read in aborted),
    )


class _Key:
    """The operations of one key, and when each of its writes was surely complete."""

    def __init__(self) -> None:
        self.writes: list[Returned] = []
        self.reads: list[Returned] = []

    def check(self) -> tuple[list[Stale], list[Returned]]:
        live, twice = _live(self.writes)
        complete = {
            value: write.ret_s if write.outcome == "ok" and write.ret_s is not None else _NEVER
            for value, write in live.items()
        }
        judged, aborted = [], []
        for read in self.reads:
            value, ret_s = read.value, read.ret_s or 0.0
            if value in complete and ret_s >= live[value].call_s:
                judged.append(read)
                if ret_s < complete[value]:
                    complete[value] = ret_s
            elif not value:
                judged.append(read)
            elif value not in twice:
                aborted.append(read)
        return _Overwrites(live, complete).stale(judged), aborted


def _live(writes: Sequence[Returned]) -> tuple[dict[str, Returned], set[str]]:
    """(values that may have been there, those that were written more than once)."""
    live: dict[str, Returned] = {}
    twice: set[str] = set()
    for write in writes:
        if write.value in live:
            twice.add(write.value)
        live[write.value] = write
    for value in [v for v, write in live.items() if v in twice or write.outcome == "fail"]:
        del live[value]
    return live, twice


class _Overwrites:
    """Writes by call; for each place the earliest completion from there on."""

    def __init__(self, live: dict[str, Returned], complete: dict[str, float]) -> None:
        self._complete = complete
        ordered = sorted(live.values(), key=lambda write: write.call_s)
        self._calls = [write.call_s for write in ordered]
        self._first: list[tuple[float, Returned]] = []
        best: tuple[float, Returned] | None = None
        for write in reversed(ordered):
            done_s = complete[write.value]
            if best is None or done_s < best[0]:
                best = (done_s, write)
            self._first.append(best)
        self._first.reverse()

    def stale(self, reads: Iterable[Returned]) -> list[Stale]:
        overwritten: dict[str, tuple[float, Returned | None]] = {}
        found = []
        for read in reads:
            known = overwritten.get(read.value)
            if known is None:
                known = overwritten[read.value] = self._overwritten(read.value)
            overwritten_s, overwriter = known
            if overwriter is not None and read.call_s > overwritten_s:
                found.append(Stale(read=read, overwriter=overwriter, overwritten_s=overwritten_s))
        return found

    def _overwritten(self, value: str) -> tuple[float, Returned | None]:
        """first_overwrite(v), and the write that proves it."""
        place = bisect_right(self._calls, self._complete[value] if value else -_NEVER)
        return self._first[place] if place < len(self._first) else (_NEVER, None)
