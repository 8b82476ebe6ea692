"""A recorded history -> is each of its objects linearizable? Pure.

A history is linearizable iff each of its objects is (Herlihy and Wing: locality), so every key is searched
apart. One object that is not makes the file a violation, whatever the others are; one whose search gave up
makes it unknown.
"""

from __future__ import annotations

from msgspec import Struct

from harness.checkers.linear.operation import Operation, Timed
from harness.checkers.linear.search import Bound, Searched, search
from harness.histories.recorded import History
from harness.model.verdict import Judgement

_SHOWN_MAX = 5
_KIND_SHOWN = {"read": "read", "write": "wrote", "append": "appended", "add": "added"}


class Judged(Struct, frozen=True, kw_only=True):
    """steps, configurations: of all searches. gave_up: one of them came to its bound.

    evidence: lines for a person.
    """

    judgement: Judgement
    objects: int
    operations: int
    processes: int
    steps: int
    configurations: int
    gave_up: bool
    evidence: tuple[str, ...]


def judge(history: History, bound: Bound) -> Judged:
    searched = {key: search(ops, history.model, bound) for key, ops in history.objects.items()}
    judgements = {found.judgement for found in searched.values()}
    answered = any(op.outcome == "ok" for ops in history.objects.values() for op in ops)
    judgement: Judgement = (
        "fail" if "fail" in judgements else "unknown" if "unknown" in judgements else "pass"
    )
    evidence = [line for key, found in searched.items() for line in _evidence(key, found)]
    if not answered:
        judgement, evidence = "unknown", ["no operation was answered: there was nothing to check"]
    return Judged(
        judgement=judgement,
        objects=len(searched),
        operations=history.operations,
        processes=history.processes,
        steps=sum(found.steps for found in searched.values()),
        configurations=sum(found.configurations for found in searched.values()),
        gave_up="unknown" in judgements,
        evidence=tuple(evidence),
    )


def _evidence(key: str, found: Searched) -> list[str]:
    """What is wrong with this object, and what could not come next."""
    if found.judgement == "pass":
        return []
    said = f"key {key}: {found.linearity.why}" if key else found.linearity.why
    shown = found.linearity.operations[:_SHOWN_MAX]
    rest = len(found.linearity.operations) - len(shown)
    return [said, *map(described, shown), *([f"and {rest} more"] if rest > 0 else [])]


def described(operation: Timed) -> str:
    if not isinstance(operation, Operation):
        return f"{operation.kind} {operation.value!r}"
    op, where = operation, f"({operation.where})"
    match op.kind:
        case "cas":
            return f"{op.who} put {_text(op.value)} in place of {_text(op.expected)} {where}"
        case "missed":
            return f"{op.who} found another value than {_text(op.expected)} {where}"
        case kind:
            return f"{op.who} {_KIND_SHOWN[kind]} {_text(op.value)} {where}"


def _text(value: object, most: int = 50) -> str:
    text = "nil" if value is None else f"{value!r}"
    return text if len(text) <= most else f"{text[:8]}…{text[8 - most :]}"
