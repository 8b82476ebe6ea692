"""The checkers of linearizability: at scale where values are unique, and against the search by chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.checkers.linear import appendlist, compareandset, growset, register
from harness.checkers.linear.appendlist import Prefix, digests
from harness.checkers.linear.operation import Kind, Linearity, Operation
from harness.checkers.linear.search import search
from harness.journalfile import no_collection
from tests.bench.measuring import Row, Scale, timed
from tests.checkers.linear.agreement import FAST, compared
from tests.checkers.linear.randomhistories import MODELS
from tests.histories.recordings import recorded, verdicts

SEARCHED = 1_000


def measure(scale: Scale) -> list[Row]:
    size = max(scale.sizes)
    return [*_at_scale(size, scale.repeats), _search(scale.repeats), _recordings(), *_agreement(scale)]


def _at_scale(size: int, repeats: int) -> Iterator[Row]:
    for what, operations, check in (
        ("A register", _registers(size), register.check),
        ("B compare-and-set", _swaps(size), compareandset.check),
        ("C list", _list(size), appendlist.check),
        ("C set", _set(size), growset.check),
    ):
        seconds, found = timed(_quietly(check, operations), repeats=repeats)
        assert found.judgement == "pass", found
        yield _row(f"{what} {size:,}", len(operations), "operations", seconds)


def _quietly(check: Callable[[list[Operation]], Linearity], ops: list[Operation]) -> Callable[[], Linearity]:
    def run() -> Linearity:
        with no_collection():
            return check(ops)

    return run


def _op(kind: Kind, value: object, call_s: float, expected: object = None) -> Operation:
    """Each overlaps the two before and the two after it."""
    return Operation(
        kind=kind, value=value, outcome="ok", call_s=call_s, ret_s=call_s + 2.5, expected=expected
    )


def _registers(size: int) -> list[Operation]:
    return [_op("read" if n % 2 else "write", n // 2, n) for n in range(size)]


def _swaps(size: int) -> list[Operation]:
    first = [_op("write", 0, -5)]
    return first + [
        _op("read", n // 2, n) if n % 2 else _op("cas", n // 2, n, n // 2 - 1) for n in range(2, size)
    ]


def _list(size: int) -> list[Operation]:
    told = digests(range(size // 2))
    ops = [
        _op("read", Prefix(n // 2, told[n // 2]), n) if n % 2 else _op("append", n // 2, n)
        for n in range(size - 2)
    ]
    return [*ops, _op("read", tuple(range((size - 1) // 2)), size + 10)]


def _set(size: int) -> list[Operation]:
    """A read of a whole set is as large as the set: one for each hundredth."""
    each = max(size // 100, 1)
    reads = [_op("read", frozenset(range(n)), n - 0.4) for n in range(each, size, each)]
    return [*(_op("add", n, n) for n in range(size)), *reads]


def _search(repeats: int) -> Row:
    operations = _registers(SEARCHED)
    seconds, found = timed(lambda: search(operations, MODELS["register"]), repeats=repeats)
    assert found.judgement == "pass"
    return _row(f"D search of {SEARCHED:,}", SEARCHED, "operations", seconds)


def _recordings() -> Row:
    from harness.checkers.linear.search import Bound
    from harness.histories.judging import judge

    known = verdicts()
    seconds, found = timed(lambda: [judge(recorded(path), Bound()).judgement for path, _ in known])
    assert found == [verdict for _, verdict in known]
    return _row("others' recordings, all as known", len(known), "files", seconds)


def _agreement(scale: Scale) -> Iterator[Row]:
    """A hundred thousand of each when measured whole."""
    count = max(scale.sizes) // 10
    for of in FAST:
        seconds, (yes, no, found) = timed(lambda of=of: compared(range(count), of))  # type: ignore[misc]
        assert not found, found
        yield _row(f"{of} against D", count, "histories", seconds, f"{yes:,} linearizable, {no:,} not")


def _row(what: str, count: int, unit: str, seconds: float, note: str = "") -> Row:
    return Row(section="linear", what=what, count=count, unit=unit, seconds=seconds, note=note)
