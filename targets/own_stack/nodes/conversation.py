"""What the observer needs of a node, whatever it speaks. Raises OSError for silence, ValueError for a no."""

from __future__ import annotations

from typing import Protocol

from targets.own_stack.seen import Role


class Asking(Protocol):
    """One connection, for its role. Each question has its limit."""

    def role(self) -> Role: ...

    def close(self) -> None: ...


class Asker(Protocol):
    def open(self, host: str) -> Asking: ...


class Store(Protocol):
    def prepare(self, host: str) -> None:
        """Make at the primary what clients write into; nothing where it is there. May be asked again."""
        ...

    def values(self, host: str) -> list[str]:
        """Every value of every key, in no order."""
        ...
