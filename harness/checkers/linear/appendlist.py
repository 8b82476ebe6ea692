"""C. A list that is appended to and read whole, elements unique: O(n log n), and exact.

Every read is a prefix of the longest one, L: the list never changes its past. The element at position p
(from 0) has the stage 2p + 1, a read of length n the stage 2n, an acknowledged append that no read holds
2|L| + 1; one of unknown outcome that no read holds need not have happened. Then the stages decide (see
stages). A violation as well: an element that surely failed, that nobody appended, or that stands twice.

A read is a tuple of elements, or a Prefix: its length and a digest, so that a million reads need not carry
the list each; at least one read must be whole then. `digests` says how they are made.
Source: Jepsen's list-append (Elle, Kingsbury and Alvaro 2020), for one object under real time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from hashlib import blake2b

from msgspec import Struct

from harness.checkers.linear.operation import LINEARIZABLE, Linearity, Timed, undecided, violation
from harness.checkers.linear.stages import Staged, out_of_order


class Prefix(Struct, frozen=True):
    """What a read found, in short."""

    length: int
    digest: bytes


def digests(elements: Iterable[Hashable]) -> list[bytes]:
    """Of every prefix, the empty one first: each from the one before and the next element."""
    found = [b""]
    for element in elements:
        found.append(blake2b(found[-1] + repr(element).encode(), digest_size=8).digest())
    return found


def check(operations: Iterable[Timed]) -> Linearity:
    """Of one list, empty at first."""
    appends, reads = {}, []
    for op in operations:
        if op.kind == "append" and op.outcome != "fail":
            if op.value in appends:
                return undecided(f"{op.value!r} was appended twice: only a search can tell")
            appends[op.value] = op
        elif op.kind == "read" and op.outcome == "ok":
            reads.append(op)
    whole: tuple[Hashable, ...] = max(
        (op.value for op in reads if isinstance(op.value, tuple)), key=len, default=()
    )
    return _impossible(whole, appends, reads) or _ordered(whole, appends, reads)


def _impossible(
    whole: Sequence[Hashable], appends: dict[Hashable, Timed], reads: Sequence[Timed]
) -> Linearity | None:
    """What no order could explain."""
    longest = max(reads, key=_length, default=None)
    if longest is not None and _length(longest) > len(whole):
        return undecided(f"no whole read holds the {_length(longest)} elements of the longest")
    unknown = next((element for element in whole if element not in appends), None)
    if unknown is not None:
        holds = next(op for op in reads if isinstance(op.value, tuple) and unknown in op.value)
        return violation(f"{unknown!r} is in the list, though it failed or was never appended", holds)
    if len(set(whole)) < len(whole):
        return violation(
            "an element stands twice in the list", *[op for op in reads if op.value == whole][:1]
        )
    short = digests(whole) if any(isinstance(op.value, Prefix) for op in reads) else []
    other = next((op for op in reads if not _is_prefix(op.value, whole, short)), None)
    if other is not None:
        first = next(op for op in reads if op.value == whole)
        return violation(
            "two reads hold different lists, neither of them the beginning of the other", other, first
        )
    return None


def _ordered(whole: Sequence[Hashable], appends: dict[Hashable, Timed], reads: Sequence[Timed]) -> Linearity:
    place = {element: position for position, element in enumerate(whole)}
    staged: list[Staged[Timed]] = [(2 * _length(op), op) for op in reads]
    for element, op in appends.items():
        if element in place:
            staged.append((2 * place[element] + 1, op))
        elif op.outcome == "ok":
            staged.append((2 * len(whole) + 1, op))
    pair = out_of_order(staged)
    if pair is None:
        return LINEARIZABLE
    return violation(
        "the list's order has the first of these before the second, which had ended by then", *pair
    )


def _length(op: Timed) -> int:
    """Of a read: its value is a Prefix or a tuple, which the type of an operation's value does not say."""
    return op.value.length if isinstance(op.value, Prefix) else len(op.value)  # type: ignore[arg-type]


def _is_prefix(value: object, whole: Sequence[Hashable], short: Sequence[bytes]) -> bool:
    if isinstance(value, Prefix):
        return short[value.length] == value.digest
    return isinstance(value, tuple) and whole[: len(value)] == value
