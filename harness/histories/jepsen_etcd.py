"""The log of Jepsen's etcd test: a compare-and-set register, initially nil. Order only, no times.

    INFO  jepsen.util - 0	:invoke	:cas	[3 0]
    INFO  jepsen.util - 0	:ok	:cas	[3 0]

Lines are process, type, function and value. A `:fail` of :cas says that another value was there: this test's
client returns it for nothing else. A `:fail` of :read or :write did certainly not happen. Lines of other
loggers, and of the nemesis, are no operations.
"""

from __future__ import annotations

import re
from collections.abc import Hashable

from harness.checkers.linear.models import Register
from harness.checkers.linear.operation import Kind
from harness.histories.pairing import Pairing, Step, Type
from harness.histories.recorded import History
from harness.model.errors import DrillError

_LINE = re.compile(r"INFO\s+jepsen\.util\s+-\s+(\S+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+)")
_OTHER = re.compile(r"[A-Z]+\s+(?!jepsen\.util\s)[\w.]+\s+-\s|INFO\s+jepsen\.util\s+-\s+:nemesis\s")
_PAIR = re.compile(r"\[(-?\d+|nil)\s+(-?\d+|nil)\]")
_NUMBER = re.compile(r"-?\d{1,18}")


def read(text: str, path: str) -> History:
    """Raises DrillError with path and line."""
    pairing = Pairing(path)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not _OTHER.match(line):
            pairing.tell(_step(line.strip(), number, path))
    return History(objects=pairing.objects(), model=Register(), processes=pairing.processes)


def _step(line: str, number: int, path: str) -> Step:
    found = _LINE.fullmatch(line)
    if found is None:
        raise DrillError(
            "this is no line of jepsen.util; one reads `INFO  jepsen.util - 0 :invoke :read nil`, with "
            ":invoke, :ok, :fail or :info and :read, :write or :cas",
            path=path,
            line=number,
        )
    process, type_, does, written = found.groups()
    step_type: Type = type_  # type: ignore[assignment]  # one of the pattern's words
    kind: Kind = does  # type: ignore[assignment]  # likewise
    # What ended without an answer carries a reason in place of a value; a mismatch carries its operands.
    if step_type == "info" or (step_type == "fail" and does != "cas"):
        return Step(line=number, process=process, type=step_type, does=does, kind=kind, value=None)
    expected, value = _operands(does, written, number, path)
    if does == "cas" and step_type == "fail":
        step_type, kind = "ok", "missed"
    return Step(
        line=number, process=process, type=step_type, does=does, kind=kind, value=value, expected=expected
    )


def _operands(does: str, written: str, number: int, path: str) -> tuple[Hashable, Hashable]:
    """(what is compared with, what is read or put)."""
    if does == "cas":
        pair = _PAIR.fullmatch(written)
        if pair is None:
            raise DrillError(f"{written!r} is no pair; write :cas [old new]", path=path, line=number)
        return _value(pair[1], number, path), _value(pair[2], number, path)
    return None, _value(written, number, path)


def _value(written: str, number: int, path: str) -> int | None:
    if written == "nil":
        return None
    if _NUMBER.fullmatch(written) is None:
        raise DrillError(
            f"{written!r} is no value of this register; it holds whole numbers and nil",
            path=path,
            line=number,
        )
    return int(written)
