"""Invocations and completions, line by line -> whole operations. Knows no format.

A process does one thing at a time: what it completes is what it invoked last. An operation that never
completed, or whose completion says `info`, may have taken effect at any time, or never.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, TypeAlias

from msgspec import Struct

from harness.checkers.linear.operation import Kind, Operation
from harness.model.errors import DrillError
from harness.model.event import Outcome

Type: TypeAlias = Literal["invoke", "ok", "fail", "info"]
_OUTCOMES: dict[Type, Outcome] = {"ok": "ok", "fail": "fail", "info": "unknown"}


class Step(Struct, frozen=True, kw_only=True):
    """One line. does: what the format calls it. kind: it may become another by its completion."""

    line: int
    process: str
    type: Type
    does: str
    kind: Kind
    value: Hashable
    key: str = ""
    expected: Hashable = None


class Pairing:
    """Told step by step; raises DrillError for what no process can have done."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._open: dict[str, Step] = {}
        self._done: dict[str, list[Operation]] = {}
        self._processes: set[str] = set()

    def tell(self, step: Step) -> None:
        begun = self._open.pop(step.process, None)
        self._processes.add(step.process)
        if step.type == "invoke":
            if begun is not None:
                raise self._wrong(
                    step, f"still has its :{begun.does} of line {begun.line} open", _ONE_AT_A_TIME
                )
            self._open[step.process] = step
            return
        if begun is None:
            raise self._wrong(step, f"completes :{step.does}, but has nothing open", _CUT)
        if (begun.does, begun.key) != (step.does, step.key):
            said = f"completes :{step.does}{_of(step.key)}, but invoked :{begun.does}{_of(begun.key)}"
            raise self._wrong(step, f"{said} in line {begun.line}", _ONE_AT_A_TIME)
        self._keep(begun, step)

    def objects(self) -> dict[str, tuple[Operation, ...]]:
        """All operations by key, those still open among them. Raises DrillError when there is none."""
        for begun in self._open.values():
            self._keep(begun, None)
        self._open.clear()
        if not self._done:
            raise DrillError(
                "there is no operation in it; name a file of this format, or another --format",
                path=self._path,
            )
        return {key: tuple(sorted(ops, key=lambda op: op.call_s)) for key, ops in sorted(self._done.items())}

    @property
    def processes(self) -> int:
        return len(self._processes)

    def _keep(self, begun: Step, ended: Step | None) -> None:
        outcome = _OUTCOMES[ended.type] if ended else "unknown"
        told = ended if ended is not None and outcome == "ok" else begun
        self._done.setdefault(begun.key, []).append(
            Operation(
                kind=told.kind,
                value=told.value,
                outcome=outcome,
                call_s=begun.line,
                ret_s=ended.line if ended is not None and outcome != "unknown" else None,
                expected=told.expected,
                who=f"process {begun.process}",
                where=f"lines {begun.line} to {ended.line}" if ended else f"from line {begun.line} on",
            )
        )

    def _wrong(self, step: Step, problem: str, fix: str) -> DrillError:
        return DrillError(f"process {step.process} {problem}; {fix}", path=self._path, line=step.line)


_ONE_AT_A_TIME = "a process does one thing at a time: give what runs beside it a process of its own"
_CUT = "the file may have been cut: bring it whole, from the first invocation on"


def _of(key: str) -> str:
    return f" of key {key}" if key else ""
