"""Reads that returned a value which had surely been overwritten before they were called.

Per key, values are unique. A write w of v is complete by c(v) = min(ret(w) if it was acknowledged, ret of
any read that returned v): what was read has happened. For every other write w' of the key likewise c(w').
    first_overwrite(v) = min c(w') over the writes with call(w') > c(v)
    a read of v is stale  ⇔  its call > first_overwrite(v);   staleness = call − first_overwrite(v)
A read that found nothing is stale if any write of its key was complete before its call.
Real-time order is strict: closed intervals that touch are concurrent. This finds every stale read that
one overwriting write proves; it is no full linearizability check. Reads of a value that surely failed, or
that nobody wrote, are told apart as `aborted`. Keys live through the whole run, so all trials count.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

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
    """checked: reads that were ok. aborted: those of a value that surely failed or that nobody wrote."""

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
    checked, stale, aborted = 0, [], []
    by_key: dict[str, list[Returned]] = {}
    for read in reads:
        if read.outcome == "ok" and read.ret_s is not None:
            by_key.setdefault(read.key, []).append(read)
            checked += 1
    for name, mine in by_key.items():
        found, bad = keys.get(name, _Key()).check(mine)
        stale += found
        aborted += bad
    stale.sort(key=lambda s: s.read.call_s)
    return Reads(checked=checked, stale=tuple(stale), aborted=tuple(aborted))


class _Key:
    """The writes of one key, and when each was surely complete."""

    def __init__(self) -> None:
        self.writes: list[Returned] = []

    def check(self, reads: list[Returned]) -> tuple[list[Stale], list[Returned]]:
        live = {write.value: write for write in self.writes if write.outcome != "fail"}
        complete = {
            value: write.ret_s if write.outcome == "ok" and write.ret_s is not None else _NEVER
            for value, write in live.items()
        }
        aborted = []
        for read in reads:
            if read.value in complete:
                seen_s = max(read.ret_s or _NEVER, live[read.value].call_s)
                complete[read.value] = min(complete[read.value], seen_s)
            elif read.value:
                aborted.append(read)
        overwrites = _Overwrites(live, complete)
        found = (overwrites.stale(read, complete) for read in reads)
        return [stale for stale in found if stale], aborted


class _Overwrites:
    """Writes by call; for each place the earliest completion from there on."""

    def __init__(self, live: dict[str, Returned], complete: dict[str, float]) -> None:
        ordered = sorted(live.values(), key=lambda write: write.call_s)
        self._calls = [write.call_s for write in ordered]
        self._first: list[tuple[float, Returned]] = []
        best: tuple[float, Returned] | None = None
        for write in reversed(ordered):
            if best is None or complete[write.value] < best[0]:
                best = (complete[write.value], write)
            self._first.append(best)
        self._first.reverse()

    def stale(self, read: Returned, complete: dict[str, float]) -> Stale | None:
        if read.value and read.value not in complete:
            return None
        after_s = complete[read.value] if read.value else -_NEVER
        place = bisect_right(self._calls, after_s)
        if place == len(self._first):
            return None
        overwritten_s, overwriter = self._first[place]
        if read.call_s <= overwritten_s:
            return None
        return Stale(read=read, overwriter=overwriter, overwritten_s=overwritten_s)
