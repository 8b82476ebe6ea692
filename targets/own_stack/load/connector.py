"""What the load program dials: a node, a router, or by discovery whoever says that it is the primary.

By discovery every data node is asked at once, and whoever says so first is taken, as drivers with several
hosts do; nobody waits for one that is silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import cache

from harness.model.command import DISCOVERY
from harness.model.ownstack import Speech
from harness.workloads.connector import Connection
from targets.own_stack.load.behind import Behind
from targets.own_stack.setup import Access, ClientSetup, told

INQUIRY_LIMIT_S = 0.2

Open = Callable[[str], Awaitable[Connection]]


async def connect(address: str) -> Connection:
    """Raises OSError when no primary is there: nothing was sent."""
    setup, opens = _told()
    return await first_of(setup.data, opens) if address.startswith(DISCOVERY) else await opens(address)


def opener(setup: ClientSetup, access: Access) -> Open:
    """By what the stack speaks. Imports only that: an image need not hold every library."""

    def node(address: str) -> str:
        """Empty for a router: who serves behind it has to be asked for."""
        return address if address in setup.data else ""

    async def redis_mark(host: str) -> str:
        from targets.own_stack.load.redis_client import mark_at

        return await mark_at(host, setup.ports[host], access)

    async def postgres_mark(host: str) -> str:
        from targets.own_stack.load.postgres_client import mark_at
        from targets.own_stack.load.sessions import in_thread

        return await in_thread(lambda: mark_at(host, setup.ports[host], access))

    behind = Behind(setup.data, redis_mark if setup.speaks.by == "redis" else postgres_mark)

    async def open_redis(address: str) -> Connection:
        from targets.own_stack.load import redis_client

        connection = await redis_client.connect(address, setup.ports[address], access, node=node(address))
        if not node(address):
            connection.node = await behind.node(await connection.mark())
        return connection

    async def open_postgres(address: str) -> Connection:
        from targets.own_stack.load.postgres_client import PostgresSession, open_session
        from targets.own_stack.load.sessions import opened

        def session() -> PostgresSession:
            made = open_session(address, setup.ports[address], access, node=node(address))
            if not made.node:
                made.node = asyncio.run(behind.node(made.mark()))
            return made

        return await opened(session)

    async def open_http(address: str) -> Connection:
        from targets.own_stack.load.http_client import open_session
        from targets.own_stack.load.sessions import opened

        port, asks = setup.ports[address], setup.ask.by == "http" and bool(node(address))
        asked_port = (setup.ask.port or setup.first_ports[address]) if asks else 0
        return await opened(
            lambda: open_session(
                address, port, setup.speaks, setup.ask, node=node(address), asked_port=asked_port
            )
        )

    async def open_command(address: str) -> Connection:
        from targets.own_stack.load import command_client

        return await command_client.connect(address, setup.ports[address], setup.speaks, node=node(address))

    opens: Mapping[Speech, Open] = {
        "redis": open_redis,
        "postgres": open_postgres,
        "http": open_http,
        "command": open_command,
    }
    return opens[setup.speaks.by]


async def first_of(hosts: tuple[str, ...], opens: Open, *, limit_s: float = INQUIRY_LIMIT_S) -> Connection:
    """Of these the connection that is there first; the others are closed again."""
    trying = {asyncio.ensure_future(opens(host)) for host in hosts}
    made: list[Connection] = []
    try:
        async with asyncio.timeout(limit_s):
            left = trying
            while left and not made:
                done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
                made = [task.result() for task in done if not task.exception()]
    finally:
        for task in trying:
            task.cancel()
            task.add_done_callback(_closed_unless(made[:1]))
    if not made:
        raise ConnectionError("no node says that it is the primary")
    return made[0]


def _closed_unless(kept: list[Connection]) -> Callable[[asyncio.Future[Connection]], None]:
    def close(task: asyncio.Future[Connection]) -> None:
        if not task.cancelled() and task.exception() is None and task.result() not in kept:
            task.result().close()

    return close


@cache
def _told() -> tuple[ClientSetup, Open]:
    setup, access = told()
    return setup, opener(setup, access)
