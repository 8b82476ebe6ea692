"""A person's orders as the stack file words them: commands that are run in a host's own service.

One that fails was not given: the drill did not do what it is there for, and its trial is unknown, as with any
command that a drill runs on a host.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from harness.model.errors import TargetError, WorldError
from harness.model.ownstack import OwnStack, Words
from harness.seams import NOT_RUN, Inside

WITHIN_S = 30.0
_TIMED_OUT, _NOT_ALLOWED, _NOT_FOUND = 124, 126, 127


class Orders:
    """Of one running stack."""

    def __init__(self, own: OwnStack, inside: Inside) -> None:
        self._own, self._inside = own, inside
        written = own.orders
        self._words: Mapping[str, Words] = {
            "promote": written.promote,
            "switchover": written.switchover,
            "rejoin": written.rejoin,
        }

    def carry_out(self, action: str, host: str, *, primary: str) -> str:
        """What was run where, and the last it said. primary: the newest that was seen; empty for none.

        Raises TargetError for what the stack file does not offer, WorldError for what was not carried out.
        """
        words = self._words.get(action, ())
        if not words:
            raise TargetError(
                f"{self._own.path}: orders.{action} is not written; the planner refuses such a drill"
            )
        self._must_make_sense(action, host, words, primary)
        where = primary if action == "switchover" else host
        filled = [word.replace("{primary}", primary).replace("{to}", host) for word in words]
        code, said = self._inside(where, filled, WITHIN_S)
        told = f"`{shlex.join(filled)}`"
        if code != 0:
            raise self._failed(action, f"{told} {_ended(code, where)}: {_last(said)}; {_fix(code, where)}")
        return f"{told} in {where}: {_last(said)}"

    def _must_make_sense(self, action: str, host: str, words: Words, primary: str) -> None:
        needs_primary = action == "switchover" or any("{primary}" in word for word in words)
        if needs_primary and not primary:
            raise self._failed(action, "no primary was seen yet; let the drill wait for one first")
        if action == "rejoin" and primary == host and needs_primary:
            raise self._failed(
                action,
                f"{host} is the primary itself, as far as the nodes say, and would be made to follow itself; "
                "let the drill wait for the failover first",
            )

    def _failed(self, action: str, problem: str) -> WorldError:
        field = f"orders.{action}"
        line = self._own.lines.get(field, 0)
        return WorldError(f"{self._own.path}{f':{line}' if line else ''}: {field}: {problem}")


def _ended(code: int, where: str) -> str:
    if code == NOT_RUN:
        return f"was not run in {where}"
    return (
        f"did not end within {WITHIN_S:g} s in {where}"
        if code == _TIMED_OUT
        else f"ended with {code} in {where}"
    )


def _fix(code: int, where: str) -> str:
    if code == NOT_RUN:
        return f"the service {where} has to run then: order it later, or another host"
    if code in (_NOT_ALLOWED, _NOT_FOUND):
        return f"name a program that the image of {where} holds"
    return "mend the command, or have it end with 0 where a refusal is part of the drill"


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
