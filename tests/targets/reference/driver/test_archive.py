from __future__ import annotations

from pathlib import Path

import pytest

from targets.reference.driver.archive import Archive, take_over
from targets.reference.driver.store import SqliteStore
from tests.targets.reference.machines.playbook import record

LOG, SHIPPED = [record(1, 1), record(1, 2)], (record(1, 3), record(2, 4))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    made = SqliteStore(tmp_path)
    made.append(LOG)
    return made


def over(store: SqliteStore, folder: Path) -> None:
    take_over(store, Archive(folder), node="n2", defects=frozenset())


def kept(folder: Path) -> Archive:
    archive = Archive(folder)
    archive.keep(SHIPPED[:1])
    archive.keep(SHIPPED[1:])
    return archive


def test_what_is_kept_is_read_by_whoever_comes_next(tmp_path: Path) -> None:
    assert Archive(tmp_path).records() == ((), True)
    kept(tmp_path)
    assert Archive(tmp_path).records() == (SHIPPED, True)


def test_the_data_node_takes_it_over_once(store: SqliteStore, tmp_path: Path) -> None:
    kept(tmp_path)
    over(store, tmp_path)
    assert store.records() == [*LOG, *SHIPPED] and Archive(tmp_path).records() == ((), True)
    over(store, tmp_path)
    assert store.records() == [*LOG, *SHIPPED]


def test_one_that_died_before_it_dropped_the_file_takes_nothing_twice(
    store: SqliteStore, tmp_path: Path
) -> None:
    kept(tmp_path)
    store.append(SHIPPED)
    over(store, tmp_path)
    assert store.records() == [*LOG, *SHIPPED] and not list(tmp_path.glob("shipped*"))


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b.replace(b"[2,4,", b"[2,5,")])
def test_what_is_torn_or_changed_counts_as_not_shipped_and_is_put_aside(
    store: SqliteStore, tmp_path: Path, damage: object, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(tmp_path)
    file = tmp_path / "shipped"
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]  # a lambda, told by its parameter
    over(store, tmp_path)
    assert store.records() == [*LOG, SHIPPED[0]]
    assert (tmp_path / "shipped.unfit.1").exists() and not file.exists()
    assert "1 shipped records were taken over" in capsys.readouterr().err


def test_what_is_of_another_log_is_put_aside_beside_what_was_put_there_before(
    store: SqliteStore, tmp_path: Path
) -> None:
    for _ in range(2):
        Archive(tmp_path).keep((record(1, 9),))
        over(store, tmp_path)
    assert store.records() == LOG
    assert {file.name for file in tmp_path.glob("shipped*")} == {"shipped.unfit.1", "shipped.unfit.2"}
