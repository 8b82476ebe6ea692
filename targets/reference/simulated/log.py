"""A data node's log on a simulated disk: one writer, jobs in order; appends that wait become one write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from harness.seams import Kernel
from targets.reference.machines.grammar import NodeState
from targets.reference.machines.messages import Place, Record

_STATE, _RECORDS, _TAILS = "state", "records", "divergent"


class _Append(Struct, frozen=True):
    """Records, with the generation that they belong to."""

    generation: int
    records: tuple[Record, ...]


class _Work(Struct, frozen=True):
    """Something that is done whole or not at all, and who is told then."""

    write: Callable[[], None]
    done: Callable[[], None]


def stored(disk: dict[str, Any], *, identity: Callable[[], str]) -> tuple[NodeState, list[Record]]:
    """What the disk holds; a new one gets an identity, durable as of now: nobody has heard of it yet."""
    if _STATE not in disk:
        disk |= {_STATE: NodeState(identity=identity(), sealed=0), _RECORDS: [], _TAILS: []}
    return disk[_STATE], [*disk[_RECORDS]]


def held(disk: dict[str, Any]) -> tuple[NodeState, Sequence[Record]] | None:
    """What a data node's disk holds now, not copied; None before its first start."""
    return (disk[_STATE], disk[_RECORDS]) if _STATE in disk else None


class GroupCommit:
    """durable is told in order, and never of what was dropped. A disk that fails ends the process."""

    def __init__(self, kernel: Kernel, *, durable: Callable[[Place], None]) -> None:
        self._kernel, self._durable = kernel, durable
        self._jobs: deque[_Append | _Work] = deque()
        self._busy = False
        self._generation, self._told = 0, Place()

    def append(self, records: tuple[Record, ...]) -> None:
        if records:
            self._put(_Append(self._generation, records))

    def persist(self, state: NodeState, done: Callable[[], None]) -> None:
        self._put(_Work(lambda: self._kernel.disk.update({_STATE: state}), done))

    def truncate(self, after_position: int, done: Callable[[], None]) -> None:
        self._put(_Work(lambda: self._drop(after_position), lambda: self._dropped(done)))

    def close(self, done: Callable[[], None]) -> None:
        """Once all that waits is written."""
        self._put(_Work(lambda: None, done))

    def _put(self, job: _Append | _Work) -> None:
        self._jobs.append(job)
        if not self._busy:
            self._next()

    def _next(self) -> None:
        """A failed write is never tried again: what a disk has reported once it does not report twice."""
        self._busy = True
        job = self._jobs.popleft()
        if isinstance(job, _Append):
            self._write_group(job)
        else:
            write, done = job.write, job.done
            self._kernel.sync(
                lambda parts: write() if parts else None, lambda: self._done(done), self._kernel.exit
            )

    def _write_group(self, first: _Append) -> None:
        records = first.records
        while self._jobs and isinstance(behind := self._jobs[0], _Append):
            records += behind.records
            self._jobs.popleft()
        self._kernel.sync(
            lambda parts: self._kernel.disk[_RECORDS].extend(records[:parts]),
            lambda: self._done(lambda: self._tell(first.generation, records[-1])),
            self._kernel.exit,
            len(records),
        )

    def _done(self, done: Callable[[], None]) -> None:
        self._busy = False
        done()
        if self._jobs and not self._busy:
            self._next()

    def _tell(self, generation: int, last: Record) -> None:
        if generation == self._generation:
            self._told = Place(last.epoch, last.position)
            self._durable(self._told)

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
