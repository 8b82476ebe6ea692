"""Closed-loop writers inside a container of the stack: each sends its next write when its last has ended.

Sent as its text (`python3 -c`), since no image holds the tests. An Order comes as JSON, a Took goes as JSON.
Nothing is sent twice: a write without an answer counts as failed, and the next one is another.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Literal

import msgspec

from harness.workloads.connector import Connection
from targets.reference import connector

_DATA = "/var/lib/failover-drill"
_TIMEOUT_S = 5.0
_CONNECT_PAUSE_S = 0.05
# The writers of bare SQLite have no network in between; their rows are as long as the stack's.
_SCHEMA = """
CREATE TABLE log (
  position INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL
);
"""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """of: `stack` writes through the router; `sqlite` in one transaction a write, the writers taking turns.

    pause_s: that each writer rests between two writes. stem: of the values, one of a kind.
    """

    of: Literal["stack", "sqlite"]
    writers: int
    seconds: float
    pause_s: float = 0.0
    stem: str = "bench"


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """took_us: of each acknowledged write. seconds: from the first write's start to the last one's end."""

    took_us: list[int]
    failed: int
    seconds: float


class _Tally:
    def __init__(self) -> None:
        self._took_us: list[int] = []
        self._failed = 0
        self._begun_s = time.monotonic()

    def acknowledged(self, since_s: float) -> None:
        self._took_us.append(round((time.monotonic() - since_s) * 1e6))

    def failed(self) -> None:
        self._failed += 1

    def took(self) -> Took:
        return Took(took_us=self._took_us, failed=self._failed, seconds=time.monotonic() - self._begun_s)


async def _of_stack(order: Order) -> Took:
    connections = [await connector.connect("router") for _ in range(order.writers)]
    tally = _Tally()
    until_s = time.monotonic() + order.seconds
    await asyncio.gather(
        *(_writer(one, f"{order.stem}.{n}", order, until_s, tally) for n, one in enumerate(connections))
    )
    return tally.took()


async def _writer(
    connection: Connection | None, stem: str, order: Order, until_s: float, tally: _Tally
) -> None:
    n = 0
    while (begun_s := time.monotonic()) < until_s:
        if connection is None or connection.closed:
            connection = await _connected()
            continue
        n += 1
        if await _written(connection, f"k{n % 8}", f"{stem}.{n}"):
            tally.acknowledged(begun_s)
        else:
            tally.failed()
        if order.pause_s:
            await asyncio.sleep(order.pause_s)
    if connection is not None:
        connection.close()


async def _written(connection: Connection, key: str, value: str) -> bool:
    """Whether it was acknowledged. What stays silent for too long is given up, with its connection."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            return (await connection.write(key, value)).outcome == "ok"
    except TimeoutError:
        connection.close()
        return False


async def _connected() -> Connection | None:
    try:
        async with asyncio.timeout(1.0):
            return await connector.connect("router")
    except OSError:  # TimeoutError is one
        await asyncio.sleep(_CONNECT_PAUSE_S)
        return None


def _of_sqlite(order: Order) -> Took:
    with tempfile.TemporaryDirectory(dir=_DATA) as folder:
        rows = sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "locking_mode=EXCLUSIVE"):
            rows.execute(f"PRAGMA {pragma}")
        rows.execute(_SCHEMA)
        took = _in_turns(rows, order)
        rows.close()
    return took


def _in_turns(rows: sqlite3.Connection, order: Order) -> Took:
    """Round and round: a lock would let whoever has just written write again, and the others starve."""
    turns = [threading.Semaphore(0) for _ in range(order.writers)]
    tally = _Tally()
    until_s = time.monotonic() + order.seconds

    def write(mine: int) -> None:
        begun_s, n = time.monotonic(), 0
        while turns[mine].acquire() and time.monotonic() < until_s:
            n += 1
            value = f"{order.stem}.{mine}.{n}"
            rows.execute("INSERT INTO log (epoch, key, value) VALUES (1, ?, ?)", (f"k{n % 8}", value))
            tally.acknowledged(begun_s)
            begun_s = time.monotonic()
            turns[(mine + 1) % order.writers].release()
        turns[(mine + 1) % order.writers].release()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(order.writers)]
    for thread in threads:
        thread.start()
    turns[0].release()
    for thread in threads:
        thread.join()
    return tally.took()


def main() -> None:
    order = msgspec.json.decode(sys.argv[1], type=Order)
    took = asyncio.run(_of_stack(order)) if order.of == "stack" else _of_sqlite(order)
    print(msgspec.json.encode(took).decode())


if __name__ == "__main__":
    main()
