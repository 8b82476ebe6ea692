"""What the load program dials: a node, or whom the Sentinels name."""

from __future__ import annotations

from harness.model.command import DISCOVERY
from harness.workloads.connector import Connection
from targets.redis_sentinel.client import connect as connect_to
from targets.redis_sentinel.discovery import inquirer


async def connect(address: str) -> Connection:
    """Raises OSError when no primary is there: nothing was sent."""
    asked = inquirer()
    node = await asked.primary() if address.startswith(DISCOVERY) else address
    if not node:
        raise ConnectionError("no Sentinel names a primary")
    connection = await connect_to(node)
    try:
        await asked.learn_epoch(connection)
    except BaseException:
        connection.close()
        raise
    return connection
