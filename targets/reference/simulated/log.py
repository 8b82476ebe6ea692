"""A data node's log on a simulated disk: one writer, jobs in order; appends that wait become one write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from harness.seams import Kernel
from targets.reference.machines.grammar import NodeState
from targets.reference.machines.messages import Place, Record

_STATE, _RECORDS, _TAILS = "state", "records", "divergent"
# Records of one append, with the generation that it belongs to; or work, and who is told of it.
_Append = tuple[int, tuple[Record, ...]]
_Work = tuple[Callable[[], None], Callable[[], None]]


def stored(disk: dict[str, Any], *, identity: Callable[[], str]) -> tuple[NodeState, list[Record]]:
    """What the disk holds; a new one gets an identity, durable as of now: nobody has heard of it yet."""
    if _STATE not in disk:
        disk |= {_STATE: NodeState(identity=identity(), sealed=0), _RECORDS: [], _TAILS: []}
    return disk[_STATE], [*disk[_RECORDS]]


def held(disk: dict[str, Any]) -> tuple[NodeState, Sequence[Record]] | None:
    """What a data node's disk holds now, not copied; None before its first start."""
    return (disk[_STATE], disk[_RECORDS]) if _STATE in disk else None


class GroupCommit:
    """durable is told in order, and never of what was dropped."""

    def __init__(self, kernel: Kernel, *, durable: Callable[[Place], None]) -> None:
        self._kernel, self._durable = kernel, durable
        self._jobs: deque[tuple[_Append | None, _Work | None]] = deque()
        self._busy = False
        self._generation, self._told = 0, Place()

    def append(self, records: tuple[Record, ...]) -> None:
        if records:
            self._put(append=(self._generation, records))

    def persist(self, state: NodeState, done: Callable[[], None]) -> None:
        self._put(work=(lambda: self._kernel.disk.update({_STATE: state}), done))

    def truncate(self, after_position: int, done: Callable[[], None]) -> None:
        self._put(work=(lambda: self._drop(after_position), lambda: self._dropped(done)))

    def close(self, done: Callable[[], None]) -> None:
        """Once all that waits is written."""
        self._put(work=(lambda: None, done))

    def _put(self, *, append: _Append | None = None, work: _Work | None = None) -> None:
        self._jobs.append((append, work))
        self._next()

    def _next(self) -> None:
        if self._busy or not self._jobs:
            return
        self._busy = True
        append, work = self._jobs.popleft()
        if append is not None:
            work = self._group(append)
        assert work is not None
        write, done = work
        self._kernel.sync(write, lambda: self._done(done))

    def _group(self, first: _Append) -> _Work:
        generation, records = first[0], [*first[1]]
        while self._jobs and (behind := self._jobs[0][0]) is not None:
            records += behind[1]
            self._jobs.popleft()
        last = Place(records[-1].epoch, records[-1].position)
        return (lambda: self._kernel.disk[_RECORDS].extend(records), lambda: self._tell(generation, last))

    def _done(self, done: Callable[[], None]) -> None:
        self._busy = False
        done()
        self._next()

    def _tell(self, generation: int, last: Place) -> None:
        if generation == self._generation:
            self._told = last
            self._durable(last)

    def _drop(self, after_position: int) -> None:
        disk = self._kernel.disk
        disk[_TAILS].append(disk[_RECORDS][after_position:])
        del disk[_RECORDS][after_position:]

    def _dropped(self, done: Callable[[], None]) -> None:
        self._generation += 1
        records = self._kernel.disk[_RECORDS]
        kept = Place(records[-1].epoch, records[-1].position) if records else Place()
        if self._told.position < kept.position:
            self._durable(kept)
        self._told = kept
        done()
