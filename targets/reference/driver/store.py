"""A data node's log on disk behind a small interface. Ignores epochs' meaning: it keeps what it is told."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

import msgspec

from targets.reference.defects import DAMAGE_NOT_LOOKED_FOR
from targets.reference.driver.anchor import Anchor
from targets.reference.driver.damage import DamagedError
from targets.reference.driver.smallfile import sync_folder
from targets.reference.machines.words.grammar import NodeState
from targets.reference.machines.words.messages import Place, Record
from targets.reference.machines.words.operating import Tail

_LOCK_WAIT_S = 2.0
_TAILS_MAX = 1000

# One file holds log, identity and seal: none of them can be lost without the others. Each row bears a sum of
# itself: SQLite's own check sees torn pages, and no flipped byte of a value.
_SCHEMA = (
    "CREATE TABLE log (position INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, key TEXT NOT NULL, "
    "value TEXT NOT NULL, sum INTEGER NOT NULL)",
    "CREATE TABLE state (only INTEGER PRIMARY KEY CHECK (only = 1), identity TEXT NOT NULL, "
    "sealed INTEGER NOT NULL, sum INTEGER NOT NULL)",
)
_encode = msgspec.msgpack.Encoder().encode
_T = TypeVar("_T")


_left_open: list[sqlite3.Connection] = []


class LogStore(Protocol):
    """Every call returns when its effect is durable. One caller at a time."""

    def state(self) -> NodeState: ...

    def records(self) -> list[Record]: ...

    def persist(self, state: NodeState) -> None: ...

    def append(self, records: Sequence[Record]) -> None:
        """At the end of the log, all or none."""
        ...

    def truncate(self, after_position: int, head: dict[str, str | int] | None) -> Place:
        """Keep a copy of the tail for the operator, then drop it; returns the last place that stays.

        head: of the copy; None keeps none.
        """
        ...

    def close(self) -> None: ...


class SqliteStore:
    """SQLite in WAL mode, synchronous=FULL. A second process is kept out by a lock.

    Raises DamagedError when what is on disk is not what was written: nothing was changed then.
    """

    def __init__(self, folder: Path, defects: frozenset[str] = frozenset()) -> None:
        self._looks = DAMAGE_NOT_LOOKED_FOR not in defects
        self._checked_records: list[Record] | None = None
        self._folder, self._file = folder, folder / "log.sqlite"
        remedy = (
            f"It serves nothing and overwrites nothing. Move {self._file}* and {folder / 'anchor'} away and "
            "start it again: it comes back as a new store and copies the log from the others"
        )
        self._anchor, self._remedy = Anchor(folder / "anchor", remedy), remedy
        self._lock = _locked(folder / "lock")
        try:
            self._open()
        except DamagedError:
            os.close(self._lock)
            raise

    def state(self) -> NodeState:
        return self._state

    def records(self) -> list[Record]:
        """At the start they were read already, to be checked: a start must not take twice as long for it."""
        found, self._checked_records = self._checked_records, None
        return [record for record, _ in self._summed()] if found is None else found

    def persist(self, state: NodeState) -> None:
        row = (state.identity, state.sealed)
        self._rows.execute("UPDATE state SET identity = ?, sealed = ?, sum = ?", (*row, _sum(row)))
        self._state = state
        self._anchor.moved(sealed=state.sealed)

    def append(self, records: Sequence[Record]) -> None:
        self._checked_records = None
        rows = [(one.position, one.epoch, one.key, one.value, _sum(one)) for one in records]
        with self._rows:
            self._rows.execute("BEGIN IMMEDIATE")
            self._rows.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
        self._anchor.moved(position=records[-1].position)

    def truncate(self, after_position: int, head: dict[str, str | int] | None) -> Place:
        self._checked_records = None
        rows = self._rows.execute(
            "SELECT epoch, position, key, value FROM log WHERE position > ? ORDER BY position",
            (after_position,),
        )
        tail = [Record(*row) for row in rows]
        if tail:
            if head is not None:
                _keep_tail(self._folder, tail, head)
            self._anchor.lower(after_position)
            self._rows.execute("DELETE FROM log WHERE position > ?", (after_position,))
        return self._last()

    def close(self) -> None:
        self._rows.close()
        self._anchor.close()
        os.close(self._lock)

    def _open(self) -> None:
        is_new = not self._file.exists()
        if not is_new:
            self._anchor.read()
        else:
            self._anchor.open()  # before the store: a store without an anchor has lost it
        self._rows = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        try:
            self._state = self._sound(self._checked)
        except DamagedError:
            # To close it would write what is left of a damaged log into its file: an operator may want it
            # as it is.
            _left_open.append(self._rows)
            raise
        if not is_new:
            self._anchor.open()
        sync_folder(self._folder)

    def _checked(self) -> NodeState:
        """The state that was found, or made where there was nothing."""
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"):
            self._rows.execute(f"PRAGMA {pragma}")
        anchor = self._anchor
        if not (anchor.position or anchor.sealed or self._tables()):
            self._make()
        (word,) = self._rows.execute("PRAGMA quick_check(1)").fetchone()
        if word != "ok":
            raise self._damaged(f"SQLite says: {word}")
        if self._looks:
            self._check_log()
        return self._check_state()

    def _make(self) -> None:
        row = (os.urandom(8).hex(), 0)
        with self._rows:
            self._rows.execute("BEGIN IMMEDIATE")
            for table in _SCHEMA:
                self._rows.execute(table)
            self._rows.execute("INSERT INTO state VALUES (1, ?, ?, ?)", (*row, _sum(row)))

    def _tables(self) -> int:
        (count,) = self._rows.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return int(count)

    def _check_log(self) -> None:
        before, summed = Place(), self._summed()
        for record, found in summed:
            if found != _sum(record):
                raise self._damaged(f"the record after {before.position} is not what was written")
            if record.position != before.position + 1 or record.epoch < before.epoch:
                raise self._damaged(f"no record of the log may follow {before.position} as the next one does")
            before = Place(record.epoch, record.position)
        if before.position < self._anchor.position:
            raise self._damaged(f"its log ends at {before.position}, and went on to {self._anchor.position}")
        self._checked_records = [record for record, _ in summed]

    def _check_state(self) -> NodeState:
        rows = self._rows.execute("SELECT identity, sealed, sum FROM state").fetchall()
        if len(rows) != 1 or rows[0][2] != _sum(rows[0][:2]):
            raise self._damaged("its identity or seal is not what was written")
        if self._looks and rows[0][1] < self._anchor.sealed:
            raise self._damaged(f"it is sealed at {rows[0][1]}, and was at {self._anchor.sealed}")
        return NodeState(identity=rows[0][0], sealed=rows[0][1])

    def _summed(self) -> list[tuple[Record, int]]:
        rows = self._rows.execute("SELECT epoch, position, key, value, sum FROM log ORDER BY position")
        return [(Record(*row[:4]), row[4]) for row in rows]

    def _sound(self, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except (sqlite3.Error, OverflowError) as error:
            raise self._damaged(f"SQLite says: {error}") from error

    def _damaged(self, wrong: str) -> DamagedError:
        return DamagedError(self._file, wrong, self._remedy)

    def _last(self) -> Place:
        row = self._rows.execute("SELECT epoch, position FROM log ORDER BY position DESC LIMIT 1").fetchone()
        return Place(*row) if row else Place()


def _sum(row: object) -> int:
    """Finds every change of one byte, whatever the row's fields are."""
    return zlib.crc32(_encode(row))


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
