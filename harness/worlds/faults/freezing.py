"""How all processes of a host are frozen: what injection needs of its world for that."""

from __future__ import annotations

from typing import Protocol


class Freezer(Protocol):
    """Every call raises WorldError."""

    def freeze(self, host: str) -> None: ...

    def thaw(self, host: str) -> None:
        """Also one whose processes were killed meanwhile."""
        ...

    def seen(self, host: str, main_pid: int, *, frozen: bool, within_s: float) -> str:
        """Look until it is as wanted; a line for people. Raises WorldError when it is not in time."""
        ...
