"""Samples -> what the tables show. Pure. Times in seconds unless a name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from rich.table import Table

from harness.checkers.quantiles import nearest_rank
from tests.bench.containers.closedloop import Took

NONE = "–"


class Throughput(Struct, frozen=True, kw_only=True):
    """Acknowledged writes a second; latencies of the median and of one in a hundred, in ms."""

    per_s: float
    p50_ms: float
    p99_ms: float
    failed: int


def throughput(took: Took) -> Throughput:
    """Infinite latencies when nothing was acknowledged: no write ended."""
    ms = [us / 1000 for us in took.took_us] or [float("inf")]
    return Throughput(
        per_s=len(took.took_us) / took.seconds if took.seconds > 0 else 0.0,
        p50_ms=nearest_rank(ms, 0.5),
        p99_ms=nearest_rank(ms, 0.99),
        failed=took.failed,
    )


class Level(Struct, frozen=True, kw_only=True):
    """So many writers, at the stack and at bare SQLite. per_commit: acknowledged writes a group commit."""

    writers: int
    stack: Throughput
    bare: Throughput
    per_commit: float


def writes_table(levels: Sequence[Level]) -> Table:
    table = Table(title="Writes of closed-loop writers: the stack in sync mode, beside bare SQLite")
    for column in (
        *("writers", "stack/s", "p50 ms", "p99 ms", "bare/s", "p50 ms", "p99 ms"),
        *("stack ÷ bare", "p50 ×", "× of 1 writer", "a commit", "failed"),
    ):
        table.add_column(column, justify="right")
    for level in levels:
        table.add_row(*writes_row(level, levels[0]))
    table.caption = (
        "bare: WAL, synchronous=FULL, one transaction a write, writers taking turns; same image, same volume"
    )
    return table


def writes_row(level: Level, first: Level) -> tuple[str, ...]:
    stack, bare = level.stack, level.bare
    return (
        f"{level.writers}",
        *(f"{stack.per_s:,.0f}", f"{stack.p50_ms:.2f}", f"{stack.p99_ms:.2f}"),
        *(f"{bare.per_s:,.0f}", f"{bare.p50_ms:.2f}", f"{bare.p99_ms:.2f}"),
        ratio(stack.per_s, bare.per_s),
        ratio(stack.p50_ms, bare.p50_ms),
        ratio(stack.per_s, first.stack.per_s),
        f"{level.per_commit:.1f}",
        f"{stack.failed + bare.failed}",
    )


class Cost(Struct, frozen=True, kw_only=True):
    """CPU ms a second of one process of each kind, at this interval of heartbeats."""

    interval_ms: int
    cpu_ms: Mapping[str, float]

    @property
    def whole_ms(self) -> float:
        return sum(self.cpu_ms.values())


def cost(interval_ms: int, samples: Sequence[tuple[str, float]], seconds: float) -> Cost:
    """samples: of each process its kind and the CPU seconds that it took; of one kind the mean."""
    kinds = dict.fromkeys(kind for kind, _ in samples)
    taken = {kind: [cpu_s for of, cpu_s in samples if of == kind] for kind in kinds}
    return Cost(
        interval_ms=interval_ms,
        cpu_ms={kind: 1000 * sum(each) / len(each) / seconds for kind, each in taken.items()},
    )


def heartbeats_table(costs: Sequence[Cost], *, compared_ms: int) -> Table:
    """Beside each figure its ratio to the interval compared_ms, where that was measured."""
    table = Table(
        "CPU ms a second", title="What heartbeats cost: a stack without load, one process of each kind"
    )
    base = next((one for one in costs if one.interval_ms == compared_ms), None)
    for one in costs:
        table.add_column(f"every {one.interval_ms} ms", justify="right")
    for kind in dict.fromkeys(kind for one in costs for kind in one.cpu_ms):
        table.add_row(
            kind,
            *(
                _beside(one.cpu_ms.get(kind), None if base is None or one is base else base.cpu_ms.get(kind))
                for one in costs
            ),
        )
    return table


def _beside(value: float | None, base: float | None) -> str:
    if value is None:
        return NONE
    return f"{value:.1f}" if base is None else f"{value:.1f} ({ratio(value, base)})"


class Starved(Struct, frozen=True, kw_only=True):
    """failovers: the register's epochs from before to after; nothing had failed, so all are false.

    eligible_min: the fewest nodes that the register named eligible at any look; None when no look succeeded.
    """

    share: float
    seconds: float
    failovers: int
    eligible_min: int | None
    looks: int
    blind: int
    load: Throughput


def starved_table(one: Starved) -> Table:
    table = Table(
        "starved", "", title=f"Data nodes and witnesses on {one.share:.0%} of a CPU each, light load"
    )
    for what, value in (
        ("for", f"{one.seconds:.0f} s"),
        ("false failovers", f"{one.failovers}"),
        ("fewest eligible", NONE if one.eligible_min is None else f"{one.eligible_min}"),
        ("looks without a certain register", f"{one.blind} of {one.looks}"),
        ("writes a second", f"{one.load.per_s:.1f}"),
        ("p50, p99", f"{one.load.p50_ms:.1f} ms, {one.load.p99_ms:.1f} ms"),
        ("writes that failed", f"{one.load.failed}"),
    ):
        table.add_row(what, value)
    return table


def joined(parts: Sequence[Took]) -> Took:
    """One load that was run in parts."""
    return Took(
        took_us=[us for part in parts for us in part.took_us],
        failed=sum(part.failed for part in parts),
        seconds=sum(part.seconds for part in parts),
    )


def ratio(value: float, of: float) -> str:
    return f"{value / of:.2f} ×" if 0 < of < float("inf") else NONE
