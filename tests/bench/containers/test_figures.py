from __future__ import annotations

from rich.table import Table

from tests.bench.containers.closedloop import Took
from tests.bench.containers.figures import (
    NONE,
    Level,
    Throughput,
    cost,
    heartbeats_table,
    joined,
    ratio,
    throughput,
    writes_row,
)


def test_the_median_and_the_hundredth_are_of_whole_samples_in_ms() -> None:
    took = Took(took_us=[us * 1000 for us in range(100, 0, -1)], failed=2, seconds=4.0)
    assert throughput(took) == Throughput(per_s=25.0, p50_ms=50.0, p99_ms=99.0, failed=2)


def test_a_load_without_an_acknowledgement_has_endless_latencies() -> None:
    assert throughput(Took(took_us=[], failed=7, seconds=1.0)) == Throughput(
        per_s=0.0, p50_ms=float("inf"), p99_ms=float("inf"), failed=7
    )


def test_a_row_sets_the_stack_beside_bare_sqlite_and_beside_one_writer() -> None:
    first, level = a_level(writers=1, stack_per_s=100), a_level(writers=8, stack_per_s=600)
    row = writes_row(level, first)
    assert row[0] == "8"
    assert row[7:] == ("3.00 ×", "0.50 ×", "6.00 ×", "4.2", "3")


def test_of_several_processes_of_one_kind_the_mean_counts() -> None:
    found = cost(50, [("agent", 0.02), ("agent", 0.04), ("witness", 0.01)], 2.0)
    assert {kind: round(ms, 6) for kind, ms in found.cpu_ms.items()} == {"agent": 15.0, "witness": 5.0}


def test_heartbeats_are_compared_to_the_interval_that_is_named() -> None:
    table = heartbeats_table(
        [cost(50, [("agent", 0.02)], 1.0), cost(100, [("agent", 0.01)], 1.0)], compared_ms=100
    )
    assert cells(table) == [["agent", "20.0 (2.00 ×)", "10.0"]]


def test_without_the_interval_that_is_named_figures_stand_alone() -> None:
    assert cells(heartbeats_table([cost(50, [("agent", 0.02)], 1.0)], compared_ms=100)) == [["agent", "20.0"]]


def test_a_load_in_parts_is_one_load() -> None:
    parts = [Took(took_us=[1], failed=1, seconds=1.0), Took(took_us=[2, 3], failed=0, seconds=2.0)]
    assert joined(parts) == Took(took_us=[1, 2, 3], failed=1, seconds=3.0)


def test_nothing_is_compared_to_nothing() -> None:
    assert ratio(5.0, 0.0) == ratio(5.0, float("inf")) == NONE


def a_level(*, writers: int, stack_per_s: float) -> Level:
    return Level(
        writers=writers,
        stack=Throughput(per_s=stack_per_s, p50_ms=2.0, p99_ms=9.0, failed=3),
        bare=Throughput(per_s=200.0, p50_ms=4.0, p99_ms=8.0, failed=0),
        per_commit=4.2,
    )


def cells(table: Table) -> list[list[str]]:
    columns = [list(column.cells) for column in table.columns]
    return [[f"{cell}" for cell in row] for row in zip(*columns, strict=True)]
