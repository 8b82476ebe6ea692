"""A client's way without a router: it asks the witnesses, and asks again once a node refuses it.

The connection that was refused stays until every operation on it has ended: to cut it would make a write that
waits unknown, and the node may still answer it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from harness.workloads.connector import Reply
from targets.reference.client import NodeConnection, connect_to
from targets.reference.driver.limits import INQUIRY_LIMIT_S
from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.inquiry import Inquiry


async def discovered(witnesses: tuple[str, ...]) -> DiscoveredConnection:
    """To whom they name. Raises OSError when they name nobody, or nobody is there: nothing was sent."""
    primary = await named(witnesses)
    if not primary:
        raise ConnectionError(f"none of {', '.join(witnesses)} names a primary")
    return DiscoveredConnection(await connect_to(primary, PEER_PORT))


async def named(witnesses: tuple[str, ...]) -> str:
    """All are asked at once, and nobody is waited for beyond a majority; empty when nobody is named."""
    inquiry, settled = Inquiry(witnesses), asyncio.Event()
    asking = [asyncio.create_task(_ask(one, inquiry, settled)) for one in witnesses]
    try:
        async with asyncio.timeout(INQUIRY_LIMIT_S):
            await settled.wait()
    except TimeoutError:
        pass  # what has come by now is a hint
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    return inquiry.named


async def _ask(witness: str, inquiry: Inquiry, settled: asyncio.Event) -> None:
    try:
        connection = await connect_to(witness, WITNESS_PORT)
        try:
            answer = await connection.who_is_primary()
        finally:
            connection.close()
        inquiry.heard(witness, answer.epoch, answer.primary)
    except OSError:
        inquiry.silent(witness)
    if inquiry.settled:
        settled.set()


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
