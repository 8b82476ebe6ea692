"""What the load program dials: a node, the router before it, or whom the witnesses name."""

from __future__ import annotations

from harness.model.command import DISCOVERY
from harness.workloads.connector import Connection
from targets.reference import client
from targets.reference.discovery import discovered


async def connect(address: str) -> Connection:
    """Raises OSError when no node is there: nothing was sent."""
    if address.startswith(DISCOVERY):
        return await discovered(tuple(address.removeprefix(DISCOVERY).split(",")))
    return await client.connect(address)
