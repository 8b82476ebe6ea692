"""One writer or reader: its own connection, each operation sent when due, whatever is outstanding."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from contextlib import suppress

from harness.model.command import StartLoad
from harness.model.event import Outcome, Returned
from harness.workloads.connector import Connection, Connector, Reply
from harness.workloads.limits import CONNECT_LIMIT_S, CONNECT_PAUSE_S, CONNECTION_WAIT_S, OUTSTANDING_MAX
from harness.workloads.openloop import Lane, Operation


class LaneRunner:
    """Runs a lane until stopped; tells each operation as one Returned with raw stamps."""

    def __init__(
        self, lane: Lane, load: StartLoad, *, connector: Connector, tell: Callable[[Returned], None]
    ) -> None:
        self._lane, self._load = lane, load
        self._connector, self._tell = connector, tell
        self._stopping = asyncio.Event()
        self._outstanding: set[asyncio.Task[None]] = set()
        self._connection: Connection | None = None
        self._connecting: asyncio.Task[Connection | None] | None = None
        self._waiting = 0

    def stop(self) -> None:
        """Send nothing that is not yet due."""
        self._stopping.set()

    async def run(self) -> None:
        """Ends when stopped and every operation has ended, so within one time-out."""
        await self._connected()
        for n in itertools.count():
            operation = self._lane.operation(n)
            if await self._stopped_before(operation.due_s):
                break
            self._begin(operation)
        await asyncio.gather(*self._outstanding)
        if self._connecting is not None:
            self._connecting.cancel()
        self._drop(self._connection)

    async def _stopped_before(self, due_s: float) -> bool:
        wait_s = due_s - time.monotonic()
        if wait_s > 0:
            # A plain timer: cheaper than waiting for the event with a limit, hundreds of times a second.
            await asyncio.sleep(wait_s)
        return self._stopping.is_set()

    def _begin(self, operation: Operation) -> None:
        if len(self._outstanding) >= OUTSTANDING_MAX:
            self._not_sent(operation, "not sent: too many operations are outstanding")
            return
        task = asyncio.create_task(self._operate(operation))
        self._outstanding.add(task)
        task.add_done_callback(self._outstanding.discard)

    async def _operate(self, operation: Operation) -> None:
        connection = await self._connected()
        if connection is None:
            self._not_sent(operation, "not connected")
            return
        call_s = time.monotonic()
        try:
            async with asyncio.timeout(self._load.timeout_s):
                reply = await self._call(connection, operation)
        except TimeoutError:
            # The oldest one always times out first; what stays silent for so long is replaced.
            self._drop(connection)
            reply = Reply(outcome="unknown", error="timed out", answered=False)
        except Exception as error:
            # A client's mistake must not make an operation vanish: what became of it is unknown.
            self._drop(connection)
            reply = Reply(outcome="unknown", error=f"{type(error).__name__}: {error}", answered=False)
        ret_s = time.monotonic() if reply.answered else None
        self._told(operation, reply, call_s, ret_s)

    async def _call(self, connection: Connection, operation: Operation) -> Reply:
        if operation.kind == "write":
            return await connection.write(operation.key, operation.value)
        return await connection.read(operation.key)

    async def _connected(self) -> Connection | None:
        """The open connection, or the one that is being opened, if it comes soon enough."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        if self._connecting is None or self._connecting.done():
            self._connecting = asyncio.create_task(self._connect())
        self._waiting += 1
        try:
            async with asyncio.timeout(CONNECTION_WAIT_S):
                return await asyncio.shield(self._connecting)
        except TimeoutError:
            return None
        finally:
            self._waiting -= 1

    async def _connect(self) -> Connection | None:
        """Tries for as long as an operation waits for it."""
        while True:
            try:
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    self._connection = await self._connector.connect(self._load.address)
                    return self._connection
            except OSError:  # TimeoutError is one
                await asyncio.sleep(CONNECT_PAUSE_S)
            if self._waiting == 0:
                return None

    def _drop(self, connection: Connection | None) -> None:
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _not_sent(self, operation: Operation, error: str) -> None:
        now_s = time.monotonic()
        self._told(operation, Reply(outcome="fail", error=error), now_s, now_s)

    def _told(self, operation: Operation, reply: Reply, call_s: float, ret_s: float | None) -> None:
        outcome: Outcome = reply.outcome
        self._tell(
            Returned(
                trial=self._load.trial,
                client=self._load.client,
                kind=operation.kind,
                key=operation.key,
                value=operation.value if operation.kind == "write" else reply.value,
                outcome=outcome,
                scheduled_s=operation.due_s,
                call_s=call_s,
                ret_s=ret_s,
                node=reply.node,
                epoch=reply.epoch,
                error=reply.error,
            )
        )
