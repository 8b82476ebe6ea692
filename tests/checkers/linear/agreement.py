"""A, B and C, which are fast, against D, which needs no insight; and D against every order there is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations, permutations
from random import Random

from harness.checkers.linear import appendlist, compareandset, growset, register
from harness.checkers.linear.operation import Linearity, Operation, ended_s
from harness.checkers.linear.search import REFUSED, Model, search
from tests.checkers.linear.randomhistories import MODELS, a_history
from tests.proof.found import Found

FAST: dict[str, Callable[[Iterable[Operation]], Linearity]] = {
    "register": register.check,
    "compare-and-set": compareandset.check,
    "list": appendlist.check,
    "set": growset.check,
}


def disagreement(operations: list[Operation], of: str) -> str:
    """Empty where the fast checker of such an object judges as the search does."""
    fast, sure = FAST[of](operations), search(operations, MODELS[of])
    if fast.judgement == sure.judgement:
        return ""
    shown = "\n".join(map(repr, operations))
    return f"{of}: {fast.judgement} ({fast.why}), the search says {sure.judgement} of\n{shown}"


def compared(numbers: range, of: str) -> tuple[int, int, str]:
    """(linearizable, not, the first disagreement) over so many histories; each is drawn from its number."""
    yes = no = 0
    for number in numbers:
        operations = a_history(Random(number), of)
        found = disagreement(operations, of)
        if found:
            return yes, no, f"history {number}: {found}"
        if FAST[of](operations).judgement == "pass":
            yes += 1
        else:
            no += 1
    return yes, no, ""


def looked_at(number: int) -> Found:
    """One history of one kind, of the kinds in turn."""
    kinds = [*FAST]
    number, kind = divmod(number, len(kinds))
    yes, _, found = compared(range(number, number + 1), kinds[kind])
    return Found("linearizable" if yes else "not linearizable", (found,) if found else ())


def by_definition(operations: Sequence[Operation], model: Model) -> bool:
    """Every order of the answered operations with any of the unanswered ones: does one do?"""
    sure = [op for op in operations if op.outcome == "ok"]
    maybe = [op for op in operations if op.outcome == "unknown" and op.kind not in ("read", "missed")]
    chosen = (part for size in range(len(maybe) + 1) for part in combinations(maybe, size))
    return any(
        _keeps_real_time(order) and _answers(order, model)
        for part in chosen
        for order in permutations([*sure, *part])
    )


def _keeps_real_time(order: Sequence[Operation]) -> bool:
    return not any(ended_s(b) < a.call_s for i, a in enumerate(order) for b in order[i + 1 :])


def _answers(order: Sequence[Operation], model: Model) -> bool:
    state: Hashable = model.initial
    for op in order:
        after = model.step(state, op)
        if after is REFUSED:
            return False
        state = after
    return True
