"""A small language for histories of one object: what was done, from when to when."""

from __future__ import annotations

from collections.abc import Hashable

from harness.checkers.linear.operation import Kind, Operation

NEVER = None


def _done(
    kind: Kind, value: Hashable, call: float, ret: float | None, expected: Hashable = None
) -> Operation:
    """Without a return its outcome is unknown."""
    return Operation(
        kind=kind,
        value=value,
        outcome="unknown" if ret is None else "ok",
        call_s=call,
        ret_s=ret,
        expected=expected,
    )


def wrote(value: Hashable, call: float, ret: float | None) -> Operation:
    return _done("write", value, call, ret)


def read(value: Hashable, call: float, ret: float | None) -> Operation:
    return _done("read", value, call, ret)


def swapped(expected: Hashable, value: Hashable, call: float, ret: float | None) -> Operation:
    return _done("cas", value, call, ret, expected)


def missed(expected: Hashable, call: float, ret: float | None) -> Operation:
    return _done("missed", None, call, ret, expected)


def appended(value: Hashable, call: float, ret: float | None) -> Operation:
    return _done("append", value, call, ret)


def added(value: Hashable, call: float, ret: float | None) -> Operation:
    return _done("add", value, call, ret)


def failed(value: Hashable, kind: Kind = "write", call: float = 0, ret: float = 1) -> Operation:
    return Operation(kind=kind, value=value, outcome="fail", call_s=call, ret_s=ret)
