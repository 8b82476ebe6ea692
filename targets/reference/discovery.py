"""A client's way without a router: it asks the witnesses, and asks again once a node refuses it.

A program keeps one connection to each witness, and all that look for the primary at once share one inquiry: a
failover is no moment for thousands of new connections. The connection that was refused stays until every
operation on it has ended: to cut it would make a write that waits unknown, and the node may still answer it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from weakref import WeakKeyDictionary

from harness.workloads.connector import Reply
from targets.reference.client import NodeConnection, connect_to
from targets.reference.driver.limits import INQUIRY_LIMIT_S
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.inquiry import Inquiry


async def discovered(witnesses: tuple[str, ...]) -> DiscoveredConnection:
    """To whom they name. Raises OSError when they name nobody, or nobody is there: nothing was sent."""
    primary = await _inquirer(witnesses).named()
    if not primary:
        raise ConnectionError(f"none of {', '.join(witnesses)} names a primary")
    return DiscoveredConnection(await connect_to(primary, PEER_PORT))


class Inquirer:
    """Asks these witnesses, of one event loop."""

    def __init__(self, witnesses: tuple[str, ...]) -> None:
        self._witnesses = witnesses
        self._connections: dict[str, NodeConnection] = {}
        self._asking: asyncio.Task[str] | None = None

    async def named(self) -> str:
        """Empty when nobody is. Who comes while an inquiry is under way gets its answer."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._inquire())
        return await asyncio.shield(self._asking)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    async def _inquire(self) -> str:
        """All are asked at once, and nobody is waited for beyond a majority."""
        inquiry, settled = Inquiry(self._witnesses), asyncio.Event()
        asking = [asyncio.create_task(self._ask(one, inquiry, settled)) for one in self._witnesses]
        try:
            async with asyncio.timeout(INQUIRY_LIMIT_S):
                await settled.wait()
        except TimeoutError:
            # What has come by now is a hint. Who was silent may be behind a black hole: it is dialled anew.
            for witness in inquiry.waited_for:
                self._drop(witness)
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return inquiry.named

    async def _ask(self, witness: str, inquiry: Inquiry, settled: asyncio.Event) -> None:
        try:
            answer = await (await self._connected(witness)).who_is_primary()
            inquiry.heard(witness, answer.epoch, answer.primary)
        except OSError:
            inquiry.silent(witness)
        if inquiry.settled:
            settled.set()

    async def _connected(self, witness: str) -> NodeConnection:
        connection = self._connections.get(witness)
        if connection is None or connection.closed:
            connection = self._connections[witness] = await connect_to(witness, WITNESS_PORT)
        return connection

    def _drop(self, witness: str) -> None:
        connection = self._connections.pop(witness, None)
        if connection is not None:
            connection.close()


_inquirers: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, ...], Inquirer]] = (
    WeakKeyDictionary()
)


def _inquirer(witnesses: tuple[str, ...]) -> Inquirer:
    mine = _inquirers.setdefault(asyncio.get_running_loop(), {})
    if witnesses not in mine:
        mine[witnesses] = Inquirer(witnesses)
    return mine[witnesses]


class DiscoveredConnection:
    """closed: lost, or refused once; what is outstanding goes on. Offers workloads.connector.Connection."""

    def __init__(self, connection: NodeConnection) -> None:
        self._connection, self._refused, self._outstanding = connection, False, 0

    @property
    def closed(self) -> bool:
        return self._refused or self._connection.closed

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate(self._connection.write(key, value))

    async def read(self, key: str) -> Reply:
        return await self._operate(self._connection.read(key))

    def close(self) -> None:
        self._connection.close()

    async def _operate(self, operation: Awaitable[Reply]) -> Reply:
        self._outstanding += 1
        try:
            reply = await operation
        finally:
            self._outstanding -= 1
        self._refused = self._refused or reply.outcome == "fail"
        if self._refused and not self._outstanding:
            self.close()
        return reply
