"""A data node's log on a simulated disk: one writer, jobs in order; appends that wait become one write."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from harness.seams import Kernel
from targets.reference.machines.words.grammar import NodeState
from targets.reference.machines.words.messages import Place, Record
from targets.reference.machines.words.shipped import restored

_STATE, _RECORDS, _TAILS, _SHIPPED = "state", "records", "divergent", "shipped"


class _Append(Struct, frozen=True):
    """Records, with the generation that they belong to."""

    generation: int
    records: tuple[Record, ...]


class _Work(Struct, frozen=True):
    """Something that is done whole or not at all, and who is told then."""

    write: Callable[[], None]
    done: Callable[[], None]

    def write_parts(self, parts: int) -> None:
        if parts:
            self.write()


def stored(disk: dict[str, Any], *, identity: Callable[[], str]) -> tuple[NodeState, list[Record]]:
    """What the disk holds; a new one gets an identity, durable as of now: nobody has heard of it yet."""
    if _STATE not in disk:
        disk |= {_STATE: NodeState(identity=identity(), sealed=0), _RECORDS: [], _TAILS: []}
    return disk[_STATE], [*disk[_RECORDS]]


def ship(disk: dict[str, Any], records: Sequence[Record]) -> None:
    """An agent's: what its data node takes over when it starts."""
    disk.setdefault(_SHIPPED, []).extend(records)


def take_over(disk: dict[str, Any], defects: frozenset[str]) -> None:
    """What was shipped becomes a part of the log, as one write."""
    shipped: list[Record] = disk.pop(_SHIPPED, [])
    if shipped and _STATE in disk:
        log: list[Record] = disk[_RECORDS]
        last = Place(log[-1].epoch, log[-1].position) if log else Place()
        log.extend(restored(last, shipped, defects))


def tails(disk: dict[str, Any]) -> Sequence[Sequence[Record]]:
    """What was moved out of the log, each cut on its own."""
    found: list[list[Record]] = disk.get(_TAILS, [])
    return found


def held(disk: dict[str, Any]) -> tuple[NodeState, Sequence[Record]] | None:
    """What a data node's disk holds now, not copied; None before its first start."""
    return (disk[_STATE], disk[_RECORDS]) if _STATE in disk else None


class GroupCommit:
    """durable is told in order, and never of what was dropped. A disk that fails ends the process."""

    def __init__(self, kernel: Kernel, *, durable: Callable[[Place], None]) -> None:
        self._kernel, self._durable = kernel, durable
        self._jobs: deque[_Append | _Work] = deque()
        self._under_way: _Append | _Work | None = None
        self._generation, self._told = 0, Place()

    def append(self, records: tuple[Record, ...]) -> None:
        if records:
            self._put(_Append(self._generation, records))

    def persist(self, state: NodeState, done: Callable[[], None]) -> None:
        self._put(_Work(lambda: self._kernel.disk.update({_STATE: state}), done))

    def truncate(self, after_position: int, done: Callable[[], None], *, aside: bool = True) -> None:
        self._put(_Work(lambda: self._drop(after_position, aside), lambda: self._dropped(done)))

    def close(self, done: Callable[[], None]) -> None:
        """Once all that waits is written."""
        self._put(_Work(lambda: None, done))

    def _put(self, job: _Append | _Work) -> None:
        if self._under_way is None:
            self._begin(job)
        else:
            self._jobs.append(job)

    def _begin(self, job: _Append | _Work) -> None:
        """A failed write is never tried again: what a disk has reported once it does not report twice."""
        kernel = self._kernel
        if isinstance(job, _Work):
            self._under_way = job
            kernel.sync(job.write_parts, self._done, kernel.exit)
        else:
            self._under_way = group = self._grouped(job) if self._jobs else job
            kernel.sync(self._extend, self._appended, kernel.exit, len(group.records))

    def _grouped(self, job: _Append) -> _Append:
        jobs = self._jobs
        while jobs and isinstance(behind := jobs[0], _Append):
            job = _Append(job.generation, job.records + behind.records)
            jobs.popleft()
        return job

    def _extend(self, parts: int) -> None:
        assert isinstance(self._under_way, _Append)
        self._kernel.disk[_RECORDS].extend(self._under_way.records[:parts])

    def _appended(self) -> None:
        append, self._under_way = self._under_way, None
        assert isinstance(append, _Append)
        last = append.records[-1]
        if append.generation == self._generation:
            self._told = Place(last.epoch, last.position)
            self._durable(self._told)
        self._next()

    def _done(self) -> None:
        work, self._under_way = self._under_way, None
        assert isinstance(work, _Work)
        work.done()
        self._next()

    def _next(self) -> None:
        if self._jobs and self._under_way is None:
            self._begin(self._jobs.popleft())

    def _drop(self, after_position: int, aside: bool) -> None:
        disk = self._kernel.disk
        if aside:
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
