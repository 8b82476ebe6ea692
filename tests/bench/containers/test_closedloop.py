from __future__ import annotations

import itertools
import sqlite3
from types import SimpleNamespace

import pytest

from tests.bench.containers import closedloop
from tests.bench.containers.closedloop import Order


def test_writers_of_bare_sqlite_take_turns_and_each_row_is_one_acknowledged_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(closedloop, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 1000))
    rows = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    rows.executescript(closedloop._SCHEMA)
    took = closedloop._in_turns(rows, Order(of="sqlite", writers=3, seconds=1.0, stem="t"))
    writers = [value.split(".")[1] for (value,) in rows.execute("SELECT value FROM log ORDER BY position")]
    rows.close()
    assert len(took.took_us) == len(writers) > 100
    assert writers == [f"{n % 3}" for n in range(len(writers))]
