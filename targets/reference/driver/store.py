"""A data node's log on disk behind a small interface. Ignores epochs' meaning: it keeps what it is told."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from targets.reference.driver.smallfile import sync_folder
from targets.reference.machines.grammar import NodeState
from targets.reference.machines.messages import Place, Record
from targets.reference.machines.operating import Tail

_LOCK_WAIT_S = 2.0
_TAILS_MAX = 1000

# One file holds log, identity and seal: none of them can be lost without the others.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
  position INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS state (
  only INTEGER PRIMARY KEY CHECK (only = 1), identity TEXT NOT NULL, sealed INTEGER NOT NULL
);
"""


class LogStore(Protocol):
    """Every call returns when its effect is durable. One caller at a time."""

    def state(self) -> NodeState: ...

    def records(self) -> list[Record]: ...

    def persist(self, state: NodeState) -> None: ...

    def append(self, records: Sequence[Record]) -> None:
        """At the end of the log, all or none."""
        ...

    def truncate(self, after_position: int, head: dict[str, str | int]) -> Place:
        """Keep a copy of the tail for the operator, then drop it; returns the last place that stays."""
        ...

    def close(self) -> None: ...


class SqliteStore:
    """SQLite in WAL mode, synchronous=FULL. A second process is kept out by a lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = _locked(folder / "lock")
        self._rows = sqlite3.connect(folder / "log.sqlite", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "locking_mode=EXCLUSIVE"):
            self._rows.execute(f"PRAGMA {pragma}")
        self._rows.executescript(_SCHEMA)
        self._rows.execute("INSERT OR IGNORE INTO state VALUES (1, ?, 0)", (os.urandom(8).hex(),))
        sync_folder(folder)

    def state(self) -> NodeState:
        identity, sealed = self._rows.execute("SELECT identity, sealed FROM state").fetchone()
        return NodeState(identity=identity, sealed=sealed)

    def records(self) -> list[Record]:
        rows = self._rows.execute("SELECT epoch, position, key, value FROM log ORDER BY position")
        return [Record(*row) for row in rows]

    def persist(self, state: NodeState) -> None:
        self._rows.execute("UPDATE state SET identity = ?, sealed = ?", (state.identity, state.sealed))

    def append(self, records: Sequence[Record]) -> None:
        rows = [(record.position, record.epoch, record.key, record.value) for record in records]
        with self._rows:
            self._rows.execute("BEGIN IMMEDIATE")
            self._rows.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", rows)

    def truncate(self, after_position: int, head: dict[str, str | int]) -> Place:
        rows = self._rows.execute(
            "SELECT epoch, position, key, value FROM log WHERE position > ? ORDER BY position",
            (after_position,),
        )
        tail = [Record(*row) for row in rows]
        if tail:
            _keep_tail(self._folder, tail, head)
            self._rows.execute("DELETE FROM log WHERE position > ?", (after_position,))
        return self._last()

    def close(self) -> None:
        self._rows.close()
        os.close(self._lock)

    def _last(self) -> Place:
        row = self._rows.execute("SELECT epoch, position FROM log ORDER BY position DESC LIMIT 1").fetchone()
        return Place(*row) if row else Place()


def _keep_tail(folder: Path, tail: list[Record], head: dict[str, str | int]) -> None:
    """On disk under a name of its own before a row is dropped: an operator may still want what diverged."""
    first, last = tail[0], tail[-1]
    whole: dict[str, str | int] = {
        **head,
        "first_epoch": first.epoch,
        "first_position": first.position,
        "last_epoch": last.epoch,
        "last_position": last.position,
    }
    lines = [msgspec.json.encode(whole)]
    lines += [msgspec.json.encode(msgspec.structs.asdict(record)) for record in tail]
    stem = Tail(Place(first.epoch, first.position), Place(last.epoch, last.position), "").stem
    with _fresh(folder, stem) as handle:
        handle.write(b"\n".join(lines) + b"\n")
        handle.flush()
        os.fsync(handle.fileno())
    sync_folder(folder)


def _fresh(folder: Path, stem: str) -> BinaryIO:
    """A file that did not exist: what an operator has not looked at yet is never overwritten."""
    for number in range(1, _TAILS_MAX):
        with contextlib.suppress(FileExistsError):
            return (folder / f"{stem}.{number}.jsonl").open("xb")
    raise FileExistsError(f"{folder} holds {_TAILS_MAX} files {stem}.*; move them away")


def _locked(path: Path) -> int:
    """Raises BlockingIOError when another process keeps the lock: two writers would ruin the log."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until_s = time.monotonic() + _LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError:
            if time.monotonic() >= until_s:
                os.close(handle)
                raise
            time.sleep(0.02)
