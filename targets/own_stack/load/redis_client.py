"""A client's connection to a Redis primary. Offers workloads.connector.Connection.

A write appends its value to the list of its key: one native command. A read takes the newest, and asks for
the role behind it: a node that became a replica goes on answering reads on open connections, and what a
replica answers is no primary's word.
"""

from __future__ import annotations

import asyncio
from typing import Any

from harness.workloads.connector import Reply
from targets.own_stack.load.keys import PREFIX
from targets.own_stack.setup import Access
from targets.protocols.redis_pipe import REFUSED, Pipe, opened


class RedisConnection:
    """node: empty behind a router, until its mark has told who serves."""

    def __init__(self, node: str, pipe: Pipe) -> None:
        self.node, self._pipe, self._refused = node, pipe, False

    @property
    def closed(self) -> bool:
        """Lost, or refused once: what is outstanding goes on, what is new finds another way."""
        return self._refused or self._pipe.closed

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate(("RPUSH", f"{PREFIX}{key}", value))

    async def read(self, key: str) -> Reply:
        return await self._operate(("LINDEX", f"{PREFIX}{key}", "-1"), ("ROLE",))

    def close(self) -> None:
        self._pipe.close()

    async def mark(self) -> str:
        """The id of its run; empty where it does not say so. Raises OSError when the connection is lost."""
        try:
            told = await self._pipe.ask("INFO", "server")
        except REFUSED:
            return ""
        return next((line[7:].strip() for line in f"{told}".splitlines() if line.startswith("run_id:")), "")

    async def _operate(self, *questions: tuple[str, ...]) -> Reply:
        try:
            said = await asyncio.gather(*(self._pipe.ask(*words) for words in questions))
        except ConnectionResetError as error:
            return Reply(outcome="fail", error=f"{error}")
        except REFUSED as refusal:
            return self._refusal(f"{refusal}")
        except OSError as error:
            return Reply(outcome="unknown", error=f"{error}", answered=False)
        if len(said) > 1 and not is_primary(said[1]):
            return self._refusal("it became a replica")
        value = said[0] if isinstance(said[0], str) else ""
        return Reply(outcome="ok", value=value, node=self.node)

    def _refusal(self, error: str) -> Reply:
        self._refused = True
        if self._pipe.idle:
            self._pipe.close()
        return Reply(outcome="fail", node=self.node, error=error)


def is_primary(role: Any) -> bool:
    return bool(role) and role[0] == "master"


async def mark_at(address: str, port: int, access: Access) -> str:
    """Of whoever listens there, primary or not. Raises OSError when nobody does."""
    pipe = await opened(address, port, user=access.user, password=access.password)
    try:
        return await RedisConnection("", pipe).mark()
    finally:
        pipe.close()


async def connect(address: str, port: int, access: Access, *, node: str) -> RedisConnection:
    """Raises OSError when it is no primary, or nobody is there: nothing was sent."""
    pipe = await opened(address, port, user=access.user, password=access.password)
    try:
        role = await pipe.ask("ROLE")
    except REFUSED as refusal:
        pipe.close()
        raise ConnectionError(f"{address}: {refusal}") from refusal
    except BaseException:
        pipe.close()
        raise
    if not is_primary(role):
        pipe.close()
        raise ConnectionError(f"{address} is a replica")
    return RedisConnection(node, pipe)
