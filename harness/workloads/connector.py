"""What a target's client must offer to the load program. A target's module has `connect`."""

from __future__ import annotations

from typing import Protocol

from harness.seams import Reply as Reply


class Connection(Protocol):
    """One connection; operations overlap on it. Lost: every open operation ends as `unknown` at once."""

    @property
    def closed(self) -> bool: ...

    async def write(self, key: str, value: str) -> Reply: ...

    async def read(self, key: str) -> Reply: ...

    def close(self) -> None: ...


class Connector(Protocol):
    async def connect(self, address: str) -> Connection:
        """Raises OSError when the system cannot be reached there; then nothing was sent."""
        ...
