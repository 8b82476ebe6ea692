"""Conversations of one question at a time, several as one connection on which operations overlap.

Each runs in a thread while it has a question out. One that is lost, or that somebody stopped waiting for, is
closed and never used again; what else is under way goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from harness.workloads.connector import Reply

T = TypeVar("T")

SESSIONS_MAX = 4
# More would only wait for a turn of the interpreter.
_THREADS_MAX = 100
_threads = ThreadPoolExecutor(_THREADS_MAX, thread_name_prefix="session")


class Session(Protocol):
    """One conversation; its calls block. Raises OSError when it is lost: what became of it is unknown."""

    def write(self, key: str, value: str) -> Reply: ...

    def read(self, key: str) -> Reply: ...

    def close(self) -> None:
        """From any thread; whoever waits there gets OSError."""
        ...


Open = Callable[[], Session]


class PooledConnection:
    """Offers workloads.connector.Connection. Refused or lost once it is closed to what is new."""

    def __init__(self, first: Session, opens: Open) -> None:
        self._opens = opens
        self._idle, self._all = [first], {first}
        self._free = asyncio.Semaphore(SESSIONS_MAX)
        self._closed = False

    @property
    def closed(self) -> bool:
        return self._closed

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate(lambda session: session.write(key, value))

    async def read(self, key: str) -> Reply:
        return await self._operate(lambda session: session.read(key))

    def close(self) -> None:
        self._closed = True
        for session in self._all:
            session.close()
        self._all.clear()
        self._idle.clear()

    async def _operate(self, call: Callable[[Session], Reply]) -> Reply:
        async with self._free:
            try:
                session = await self._session()
            except OSError as error:
                self._closed = True
                return Reply(outcome="fail", error=f"not sent: {error}")
            try:
                reply = await in_thread(lambda: call(session))
            except OSError as error:
                self._lost(session)
                return Reply(outcome="unknown", error=f"{error}", answered=False)
            except asyncio.CancelledError:
                self._lost(session)
                raise
        self._idle.append(session)
        self._closed = self._closed or reply.outcome == "fail"
        return reply

    async def _session(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if session in self._all:
                return session
        if self._closed:
            raise ConnectionError("the connection was closed")
        session = await in_thread(self._opens)
        self._all.add(session)
        return session

    def _lost(self, session: Session) -> None:
        self._closed = True
        self._all.discard(session)
        session.close()


async def in_thread(call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, call)


async def opened(opens: Open) -> PooledConnection:
    """Raises OSError when no conversation can be had: nothing was sent."""
    return PooledConnection(await in_thread(opens), opens)
