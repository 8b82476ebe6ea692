"""What the checkers of linearizability take and give."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from harness.model.event import Outcome
from harness.model.verdict import Judgement

# missed: a compare-and-set that was answered "another value is there".
Kind: TypeAlias = Literal["read", "write", "cas", "missed", "append", "add"]
NEVER = float("inf")


class Timed(Protocol):
    """One operation on one object; a journal's own are such.

    call_s, ret_s: in any unit that orders them, the place in a file included. ret_s: None when no answer
    came. value: what a write, append or add brought, what a compare-and-set was to put, what a read found.
    """

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> Hashable: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def call_s(self) -> float: ...
    @property
    def ret_s(self) -> float | None: ...


class Operation(Struct, frozen=True, kw_only=True):
    """One operation as others recorded it. expected: what a compare-and-set compares with.

    who and where: for a person; the process, and the lines of its call and its return.
    """

    kind: Kind
    value: Hashable
    outcome: Outcome
    call_s: float
    ret_s: float | None
    expected: Hashable = None
    who: str = ""
    where: str = ""


class Linearity(Struct, frozen=True, kw_only=True):
    """pass: linearizable; fail: it is not; unknown: not decided. why: of the latter two, for a person.

    operations: the few that show a violation.
    """

    judgement: Judgement
    why: str = ""
    operations: tuple[Timed, ...] = ()


LINEARIZABLE = Linearity(judgement="pass")


def violation(why: str, *operations: Timed) -> Linearity:
    return Linearity(judgement="fail", why=why, operations=operations)


def undecided(why: str) -> Linearity:
    return Linearity(judgement="unknown", why=why)


def ended_s(operation: Timed) -> float:
    """+∞ when it may take effect at any later time."""
    ret_s = operation.ret_s
    return NEVER if ret_s is None or operation.outcome == "unknown" else ret_s
