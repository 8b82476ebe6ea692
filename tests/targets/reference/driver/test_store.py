"""The log on disk: what was told durable is there after any end of the process."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from targets.reference.driver import store as stores
from targets.reference.driver.store import SqliteStore
from targets.reference.machines.words.messages import Place, Record


def record(position: int, epoch: int = 1) -> Record:
    return Record(epoch, position, f"k{position}", f"v{position}")


def test_records_and_seal_are_there_when_the_store_is_opened_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    state = msgspec.structs.replace(store.state(), sealed=4)
    store.append([record(1), record(2)])
    store.persist(state)
    store.close()
    again = SqliteStore(tmp_path)
    assert again.records() == [record(1), record(2)]
    assert again.state() == state
    again.close()


def test_a_start_reads_the_log_once_and_what_came_later_is_read_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is checked as it is read: a node with a long log would be away twice as long."""
    reads, read = list[int](), SqliteStore._summed

    def counted(store: SqliteStore) -> list[tuple[Record, int]]:
        reads.append(1)
        return read(store)

    monkeypatch.setattr(SqliteStore, "_summed", counted)
    first = SqliteStore(tmp_path)
    first.append([record(1), record(2), record(3)])
    assert first.records() == [record(1), record(2), record(3)]
    first.close()
    reads.clear()
    again = SqliteStore(tmp_path)
    assert again.records() == [record(1), record(2), record(3)] and len(reads) == 1
    assert again.records() == [record(1), record(2), record(3)] and len(reads) == 2
    again.close()
    third = SqliteStore(tmp_path)
    third.truncate(1, None)
    assert third.records() == [record(1)]
    third.close()


def test_an_identity_is_drawn_once_for_each_store(tmp_path: Path) -> None:
    identities = set()
    for name in ("a", "b", "a"):
        (tmp_path / name).mkdir(exist_ok=True)
        store = SqliteStore(tmp_path / name)
        identities.add(store.state().identity)
        store.close()
    assert len(identities) == 2
    assert all(len(identity) == 16 for identity in identities)


def test_a_second_process_is_kept_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_LOCK_WAIT_S", 0.05)
    store = SqliteStore(tmp_path)
    with pytest.raises(BlockingIOError):
        SqliteStore(tmp_path)
    store.close()
    SqliteStore(tmp_path).close()


def test_a_truncated_tail_is_in_a_file_for_the_operator(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.append([record(1), record(2), record(3, epoch=2)])
    assert store.truncate(1, {"reason": "diverged", "node": "n1"}) == Place(1, 1)
    assert store.records() == [record(1)]
    store.close()
    (file,) = tmp_path.glob("divergent-*.jsonl")
    head, *tail = [json.loads(line) for line in file.read_text().splitlines()]
    assert (head["reason"], head["node"]) == ("diverged", "n1")
    assert (head["first_epoch"], head["last_epoch"], head["last_position"]) == (1, 2, 3)
    assert [(row["epoch"], row["position"], row["key"], row["value"]) for row in tail] == [
        (1, 2, "k2", "v2"),
        (2, 3, "k3", "v3"),
    ]


def test_a_tail_that_looks_the_same_never_overwrites_an_older_one(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    for value in ("first", "second"):
        store.append([Record(1, 1, "k", value)])
        assert store.truncate(0, {"reason": value}) == Place()
    store.close()
    texts = [file.read_text() for file in sorted(tmp_path.glob("divergent-*.jsonl"))]
    assert ["first" in texts[0], "second" in texts[1]] == [True, True]


def test_nothing_to_drop_leaves_no_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.append([record(1)])
    assert store.truncate(1, {"reason": "none"}) == Place(1, 1)
    store.close()
    assert not list(tmp_path.glob("divergent-*"))


def test_the_tail_is_on_disk_before_a_row_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that dies while the file is written still has the rows."""
    store = SqliteStore(tmp_path)
    store.append([record(1), record(2)])

    def no_disk(folder: Path) -> None:
        raise OSError("disk")

    monkeypatch.setattr(stores, "sync_folder", no_disk)
    with pytest.raises(OSError, match="disk"):
        store.truncate(1, {"reason": "diverged"})
    assert store.records() == [record(1), record(2)]
    store.close()


def test_two_records_at_one_position_are_refused_together_with_their_group(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.append([record(1)])
    with pytest.raises(sqlite3.IntegrityError):
        store.append([record(2), record(1, epoch=2)])
    assert store.records() == [record(1)]
    store.close()


_APPENDS = """
import sys
from pathlib import Path
from targets.reference.driver.store import SqliteStore
from targets.reference.machines.words.messages import Record
store = SqliteStore(Path(sys.argv[1]))
for position in range(1, 100_000):
    store.append([Record(1, position, "k", "v")])
    print(position, flush=True)
"""


def test_what_was_told_durable_survives_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _APPENDS, f"{tmp_path}"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(50)]
    os.kill(process.pid, signal.SIGKILL)
    told += [int(line) for line in process.stdout.read().splitlines()]
    process.stdout.close()
    process.wait(10)
    store = SqliteStore(tmp_path)
    assert [record.position for record in store.records()][: len(told)] == told
    store.close()
