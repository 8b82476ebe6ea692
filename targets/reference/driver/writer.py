"""Group commit: one thread writes all that is waiting in one transaction. Ignores what the records mean."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from targets.reference.driver.loop import end_broken
from targets.reference.driver.store import LogStore
from targets.reference.machines.words.grammar import NodeState
from targets.reference.machines.words.messages import Place, Record

# Records of one append, with the generation that it belongs to; or a call that others must wait for.
_Append = tuple[int, tuple[Record, ...]]
_Call = Callable[[], None]
_T = TypeVar("_T")

# One transaction writes at most this many records, so that the first of them need not wait for too long.
_GROUP_MAX = 5000


class GroupCommit:
    """Owns the store. durable is called in the loop's thread, in order, never for what was dropped.

    The queue has no limit of its own: every append stands for a request, and those are limited.
    A store that fails ends the process: after a failed fsync nothing is known about the disk.
    """

    def __init__(
        self,
        store: LogStore,
        *,
        node: str,
        durable: Callable[[Place], None],
        took: Callable[[float], None] = lambda took_s: None,
    ) -> None:
        """took: hears from the writer's thread for how long each transaction took, in seconds."""
        self._store, self._node, self._durable, self._took = store, node, durable, took
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Append | _Call] = SimpleQueue()
        # A truncation begins a generation; what older ones still have to tell is void.
        self._generation = 0
        self._told = Place()
        self._closed = False
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def append(self, records: tuple[Record, ...]) -> None:
        if records:
            self._jobs.put((self._generation, records))

    def persist(self, state: NodeState) -> None:
        """Returns when it is durable."""
        self._wait(lambda: self._store.persist(state))

    def truncate(self, after_position: int, reason: str, *, aside: bool = True) -> None:
        """Returns when the tail is in its file and gone from the log. aside: False puts it into none."""
        head: dict[str, str | int] = {"reason": reason, "node": self._node, "after_position": after_position}
        kept = self._wait(lambda: self._store.truncate(after_position, head if aside else None))
        self._generation += 1
        if self._told.position < kept.position:
            self._durable(kept)
        self._told = kept

    def close(self) -> None:
        """Write what is waiting, then close the store."""
        self._jobs.put(self._close)
        self._thread.join(timeout=5)

    def _wait(self, work: Callable[[], _T]) -> _T:
        done: Future[_T] = Future()
        self._jobs.put(lambda: done.set_result(work()))
        return done.result()

    def _write(self) -> None:
        try:
            while not self._closed:
                job: _Append | _Call | None = self._jobs.get()
                while job is not None:
                    job = self._commit(job)
        except BaseException as error:
            end_broken(error)

    def _close(self) -> None:
        self._closed = True
        self._store.close()

    def _commit(self, job: _Append | _Call) -> _Append | _Call | None:
        """Carry out this job, an append with all appends waiting behind it; returns the job after them."""
        if callable(job):
            job()
            return None
        generation, records = job[0], [*job[1]]
        behind = self._next()
        while isinstance(behind, tuple) and len(records) < _GROUP_MAX:
            records += behind[1]
            behind = self._next()
        began_s = time.monotonic()
        self._store.append(records)
        self._took(time.monotonic() - began_s)
        last = Place(records[-1].epoch, records[-1].position)
        self._loop.call_soon_threadsafe(self._tell, generation, last)
        return behind

    def _next(self) -> _Append | _Call | None:
        try:
            return self._jobs.get_nowait()
        except Empty:
            return None

    def _tell(self, generation: int, last: Place) -> None:
        if generation == self._generation:
            self._told = last
            self._durable(last)
