"""What a world must offer: it performs commands, tells events, and dials for who watches."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from harness.model.command import Command
from harness.model.event import Event

Emit = Callable[[Event], None]


class World(Protocol):
    """Three verbs. Faults in force when it closes are healed, and what it started is removed."""

    def perform(self, command: Command) -> None:
        """Begin what is asked; never wait for its outcome. Raises WorldError when the world is gone."""
        ...

    def advance(self) -> Sequence[Event]:
        """Wait for the next events, at most 0.1 s of the world's time; may return none."""
        ...

    def now_s(self) -> float:
        """Seconds since the run's origin."""
        ...

    def close(self) -> None:
        """Heal, save what a person may want to read, remove everything. Safe to call twice."""
        ...


# As Docker itself says that a container ran nothing.
NOT_RUN = 125


class Inside(Protocol):
    """Runs a program in a host's service, over no link at all: as a person does in a terminal there."""

    def __call__(self, host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
        """(exit code, what it said; its complaints only if it failed).

        124: it did not end in time; NOT_RUN: the host runs nothing just now.
        """
        ...


class Dial(Protocol):
    """Opens a connection to a port of a host over a link that no fault ever touches."""

    def __call__(self, host: str, port: int) -> socket.socket: ...
