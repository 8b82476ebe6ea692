"""Who answers behind a router: each node says a mark of its own, asked directly and through the router.

Redis has the id of its run, PostgreSQL the address at which it took the connection (every host of a mesh has
one of its own). A connection through a router ends at one node, and its mark tells which. What cannot be told
stays empty: an operation without a node counts for loss, and not for split brain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

INQUIRY_LIMIT_S = 0.2


class Behind:
    """Of one load program. ask: a node's mark, asked directly; raises OSError where it cannot be had."""

    def __init__(
        self, hosts: Sequence[str], ask: Callable[[str], Awaitable[str]], *, limit_s: float = INQUIRY_LIMIT_S
    ) -> None:
        self._hosts, self._ask, self._limit_s = hosts, ask, limit_s
        self._names: dict[str, str] = {}

    async def node(self, mark: str) -> str:
        """Empty for a mark that no node has that answers in time."""
        if mark and mark not in self._names:
            await asyncio.gather(*map(self._learn, self._hosts))
        return self._names.get(mark, "")

    async def _learn(self, host: str) -> None:
        with suppress(OSError):
            async with asyncio.timeout(self._limit_s):
                self._names[await self._ask(host)] = host
