"""A node that is asked by a command in its own container, as a person would in a terminal there."""

from __future__ import annotations

import shlex

from harness.model.ownstack import AskRole, Words
from harness.seams import NOT_RUN, Inside
from targets.own_stack.load.answers import listed
from targets.own_stack.nodes.http_node import role_said
from targets.own_stack.seen import Role

LIMIT_S = 2.0
READ_ALL_LIMIT_S = 20.0
_TIMED_OUT = 124
# A program that was ended with its host said nothing.
_BY_SIGNAL = 128


class CommandAsking:
    """Offers conversation.Asking."""

    def __init__(self, inside: Inside, host: str, ask: AskRole) -> None:
        self._inside, self._host, self._ask = inside, host, ask

    def role(self) -> Role:
        """With a word to compare, the last line that it says; else 0 is a primary, and 1 a standby."""
        code, said = _ran(self._inside, self._host, self._ask.command, LIMIT_S)
        if not self._ask.is_primary and code in (0, 1):
            return "primary" if code == 0 else "standby"
        if code != 0:
            raise ValueError(f"`{shlex.join(self._ask.command)}` ended with {code}")
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        if not lines:
            raise ConnectionError(f"`{shlex.join(self._ask.command)}` said nothing")
        return role_said(lines[-1], self._ask)

    def close(self) -> None:
        """Nothing is kept open."""


class CommandNodes:
    """Offers conversation.Asker and, with `everything`, conversation.Store."""

    def __init__(self, inside: Inside, *, ask: AskRole, everything: Words = ()) -> None:
        self._inside, self._ask, self._everything = inside, ask, everything

    def open(self, host: str) -> CommandAsking:
        return CommandAsking(self._inside, host, self._ask)

    def prepare(self, host: str) -> None:
        """What can be written to is there, or the stack file could not say how."""

    def values(self, host: str) -> list[str]:
        code, said = _ran(self._inside, host, self._everything, READ_ALL_LIMIT_S)
        if code != 0:
            raise ValueError(f"`{shlex.join(self._everything)}` ended with {code}")
        return listed(said, "")


def _ran(inside: Inside, host: str, words: Words, limit_s: float) -> tuple[int, str]:
    """Raises OSError where it could not be run to its end."""
    code, said = inside(host, words, limit_s)
    if code in (NOT_RUN, _TIMED_OUT) or code > _BY_SIGNAL:
        raise ConnectionError(said.strip() or f"`{shlex.join(words)}` did not end")
    return code, said
