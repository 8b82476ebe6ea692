"""What the load program dials: a node, or whom the Sentinels name."""

from __future__ import annotations

from harness.model.command import DISCOVERY
from harness.workloads.connector import Connection
from targets.redis_sentinel.client import connect as connect_to
from targets.redis_sentinel.discovery import inquirer


async def connect(address: str) -> Connection:
    """Raises OSError when no primary is there: nothing was sent."""
    asked = inquirer()
    named = await asked.newest() if address.startswith(DISCOVERY) else None
    if address.startswith(DISCOVERY) and named is None:
        raise ConnectionError("no Sentinel names a primary")
    connection = await connect_to(named.primary if named else address)
    try:
        await asked.learn_epoch(connection, named)
    except BaseException:
        connection.close()
        raise
    return connection
