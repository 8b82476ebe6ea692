"""Group commit: one transaction for all that waits, and no word about what was dropped."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from targets.reference.driver.store import SqliteStore
from targets.reference.driver.writer import GroupCommit
from targets.reference.machines.words.grammar import NodeState
from targets.reference.machines.words.messages import Place, Record


class SlowStore(SqliteStore):
    """The real store; a gate holds its next transaction, as a slow disk does."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate, self.groups = threading.Event(), list[int]()
        self.gate.set()

    def append(self, records: Sequence[Record]) -> None:
        self.groups.append(len(records))
        assert self.gate.wait(5)
        super().append(records)


def record(position: int, epoch: int = 1) -> Record:
    return Record(epoch, position, "k", f"v{position}")


async def until_told(told: list[Place], count: int) -> None:
    async with asyncio.timeout(5):
        while len(told) < count:
            await asyncio.sleep(0.001)


def test_what_waits_is_written_in_one_transaction_and_told_once(tmp_path: Path) -> None:
    async def go() -> None:
        store, told = SlowStore(tmp_path), list[Place]()
        log = GroupCommit(store, node="n1", durable=told.append)
        store.gate.clear()
        log.append((record(1),))
        await asyncio.sleep(0.02)
        for position in range(2, 12):
            log.append((record(position),))
        store.gate.set()
        await until_told(told, 2)
        assert store.groups == [1, 10]
        assert told == [Place(1, 1), Place(1, 11)]
        log.close()

    asyncio.run(go())
    store = SqliteStore(tmp_path)
    assert [one.position for one in store.records()] == list(range(1, 12))
    store.close()


def test_no_durable_of_what_was_dropped_is_told_after_the_truncation(tmp_path: Path) -> None:
    async def go() -> None:
        told: list[Place] = []
        log = GroupCommit(SqliteStore(tmp_path), node="n1", durable=told.append)
        log.append((record(1), record(2)))
        log.append((record(3),))
        # The loop has not run since: whatever the thread has to tell is still on its way.
        log.truncate(1, "diverged")
        assert told == [Place(1, 1)], "what stays is told, once the truncation is done"
        log.append((record(2, epoch=2),))
        await until_told(told, 2)
        assert told == [Place(1, 1), Place(2, 2)]
        log.close()

    asyncio.run(go())


def test_what_was_told_already_is_not_told_again_by_a_truncation(tmp_path: Path) -> None:
    async def go() -> None:
        told: list[Place] = []
        log = GroupCommit(SqliteStore(tmp_path), node="n1", durable=told.append)
        log.append((record(1), record(2)))
        await until_told(told, 1)
        log.truncate(1, "diverged")
        assert told == [Place(1, 2)]
        log.close()

    asyncio.run(go())


def test_a_seal_is_on_disk_when_persist_returns(tmp_path: Path) -> None:
    async def go() -> None:
        store = SqliteStore(tmp_path)
        log = GroupCommit(store, node="n1", durable=lambda place: None)
        log.append((record(1),))
        log.persist(NodeState(identity="me", sealed=9))
        assert store.state() == NodeState(identity="me", sealed=9)
        assert store.records() == [record(1)], "appends before it are there too: the order is kept"
        log.close()

    asyncio.run(go())
