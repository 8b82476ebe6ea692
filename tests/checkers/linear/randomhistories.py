"""Small histories by chance, about half of them linearizable: one is played on a true object, then bent.

Times are small whole numbers, so that intervals touch, nest and coincide.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from random import Random

from msgspec import structs

from harness.checkers.linear.models import AppendList, GrowSet, Register
from harness.checkers.linear.operation import Kind, Operation
from harness.checkers.linear.search import Model

OPERATIONS_MAX = 8
CHANGING: dict[str, Kind] = {"register": "write", "list": "append", "set": "add"}
MODELS: dict[str, Model] = {
    "register": Register(),
    "compare-and-set": Register(),
    "list": AppendList(),
    "set": GrowSet(),
}


def a_history(draw: Random, of: str) -> list[Operation]:
    """of: a name in MODELS. Values are unique, as A, B and C want them."""
    count = draw.randint(2, OPERATIONS_MAX)
    moments = sorted(draw.randint(0, 2 * count) for _ in range(count))
    played = _register if of in ("register", "compare-and-set") else _growing
    operations = played(draw, of, moments, draw.randint(0, 3))
    for _ in range(draw.randint(0, 5)):
        place = draw.randrange(count)
        operations[place] = draw.choice(_BENT)(draw, operations[place], operations)
    draw.shuffle(operations)
    return operations


def _register(draw: Random, of: str, moments: list[int], width: int) -> list[Operation]:
    held: Hashable = None
    found = []
    for number, moment in enumerate(moments, 1):
        kind: Kind = draw.choice(("write", "read", "cas") if of == "compare-and-set" else ("write", "read"))
        expected = held if kind == "cas" else None
        held = held if kind == "read" else number
        found.append(_operation(draw, kind, held, moment, width, expected))
    return found


def _growing(draw: Random, of: str, moments: list[int], width: int) -> list[Operation]:
    held: tuple[int, ...] = ()
    found = []
    for number, moment in enumerate(moments, 1):
        if draw.random() < 0.5:
            held = (*held, number)
            found.append(_operation(draw, CHANGING[of], number, moment, width))
        else:
            found.append(_operation(draw, "read", frozenset(held) if of == "set" else held, moment, width))
    return found


def _operation(
    draw: Random, kind: Kind, value: Hashable, moment: int, width: int, expected: Hashable = None
) -> Operation:
    """Some answers never came, though what was asked was done."""
    lost = draw.random() < 0.15
    return Operation(
        kind=kind,
        value=value,
        outcome="unknown" if lost else "ok",
        call_s=moment - draw.randint(0, width),
        ret_s=None if lost else moment + draw.randint(0, width),
        expected=expected,
    )


def _moved(draw: Random, op: Operation, _: list[Operation]) -> Operation:
    call_s = draw.randint(0, 2 * OPERATIONS_MAX)
    ret_s = None if op.ret_s is None else call_s + draw.randint(0, 4)
    return structs.replace(op, call_s=call_s, ret_s=ret_s)


def _misread(draw: Random, op: Operation, operations: list[Operation]) -> Operation:
    """A read finds what another one found, or what the write of another brought."""
    other = draw.choice(operations)
    if op.kind == "cas":
        return structs.replace(op, expected=other.value)
    if op.kind != "read":
        return op
    if isinstance(op.value, tuple | frozenset) and not isinstance(other.value, tuple | frozenset):
        more = [v for v in op.value if v != other.value]
        return structs.replace(op, value=type(op.value)(more))
    return structs.replace(op, value=other.value)


def _refused(_: Random, op: Operation, __: list[Operation]) -> Operation:
    return structs.replace(op, outcome="fail", ret_s=op.call_s if op.ret_s is None else op.ret_s)


def _unanswered(_: Random, op: Operation, __: list[Operation]) -> Operation:
    return structs.replace(op, outcome="unknown", ret_s=None)


_BENT: tuple[Callable[[Random, Operation, list[Operation]], Operation], ...] = (
    _moved,
    _moved,
    _misread,
    _misread,
    _refused,
    _unanswered,
)
