"""Files that a disk or a person has damaged: found, or harmless; never wrong data and never a traceback."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.reference.defects import DAMAGE_NOT_LOOKED_FOR
from targets.reference.driver.damage import DamagedError, sealed, unsealed
from targets.reference.driver.store import SqliteStore
from targets.reference.driver.witness_node import remembered
from targets.reference.machines.words.grammar import NodeState, WitnessState
from targets.reference.machines.words.messages import Member, Record, Register
from tests.targets.reference.loopback import running_stack

RECORDS = [
    Record(1 + position // 4, position, f"k{position}", f"v{position}" * 5) for position in range(1, 13)
]
STATE = WitnessState(
    promised=(7, "w1", 1), accepted=(7, "w1", 1), value=Register(3, "n1", (Member("n1", "a"),))
)


def filled(folder: Path, *, closed: bool) -> NodeState:
    """A store as it is after an end in order, or after a kill: its log is still in the write-ahead file."""
    live = folder / "live"
    live.mkdir()
    store = SqliteStore(live)
    for first in range(0, len(RECORDS), 3):
        store.append(RECORDS[first : first + 3])
    state = msgspec.structs.replace(store.state(), sealed=4)
    store.persist(state)
    if closed:
        store.close()
    shutil.copytree(live, folder / "store")
    if not closed:
        store.close()
    return state


@pytest.fixture(scope="module", params=[True, False], ids=["closed", "killed"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, NodeState]:
    folder = tmp_path_factory.mktemp("damage")
    state = filled(folder, closed=request.param)
    return folder / "store", state


def opened(folder: Path) -> tuple[NodeState, list[Record]]:
    store = SqliteStore(folder)
    try:
        return store.state(), store.records()
    finally:
        store.close()


def test_a_store_that_nobody_touched_opens(whole: tuple[Path, NodeState], tmp_path: Path) -> None:
    shutil.copytree(whole[0], tmp_path / "a")
    assert opened(tmp_path / "a") == (whole[1], RECORDS)


@given(data=st.data())
def test_a_flipped_byte_or_a_missing_end_of_any_file_is_found_or_harmless(
    whole: tuple[Path, NodeState], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "store"
        shutil.copytree(whole[0], folder)
        names = sorted(file.name for file in folder.iterdir() if file.stat().st_size)
        file = folder / data.draw(st.sampled_from(names))
        content = bytearray(file.read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] ^= data.draw(st.integers(1, 255))
        else:
            del content[at:]
        file.write_bytes(content)
        try:
            found = opened(folder)
        except DamagedError as damaged:
            assert f"{folder}" in f"{damaged}" and "start it again" in f"{damaged}"
        else:
            assert found == (whole[1], RECORDS)


def test_a_value_that_was_changed_behind_its_back_is_found(tmp_path: Path) -> None:
    filled(tmp_path, closed=True)
    rows = sqlite3.connect(tmp_path / "store" / "log.sqlite")
    rows.execute("UPDATE log SET value = 'other' WHERE position = 5")
    rows.commit()
    rows.close()
    with pytest.raises(DamagedError, match="the record after 4"):
        SqliteStore(tmp_path / "store")


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("DELETE FROM log WHERE position = 5", "may follow 4"),
        ("DELETE FROM log WHERE position = 12", "ends at 11, and went on to 12"),
        ("DELETE FROM state", "identity or seal"),
    ],
)
def test_a_row_that_is_gone_is_found(tmp_path: Path, statement: str, wrong: str) -> None:
    filled(tmp_path, closed=True)
    rows = sqlite3.connect(tmp_path / "store" / "log.sqlite")
    rows.execute(statement)
    rows.commit()
    rows.close()
    with pytest.raises(DamagedError, match=wrong):
        SqliteStore(tmp_path / "store")


def test_who_does_not_look_reads_a_damaged_log_as_far_as_it_goes(tmp_path: Path) -> None:
    filled(tmp_path, closed=False)
    file = tmp_path / "store" / "log.sqlite-wal"
    content = bytearray(file.read_bytes())
    content[-5000] ^= 1
    file.write_bytes(content)
    shutil.copytree(tmp_path / "store", tmp_path / "other")
    with pytest.raises(DamagedError):
        SqliteStore(tmp_path / "other")
    store = SqliteStore(tmp_path / "store", frozenset({DAMAGE_NOT_LOOKED_FOR}))
    records = store.records()
    store.close()
    assert len(records) < len(RECORDS) and records == RECORDS[: len(records)]


def test_a_store_that_is_gone_is_a_new_one(tmp_path: Path) -> None:
    """What the remedy makes: it copies from the others under a new identity."""
    before = filled(tmp_path, closed=True)
    for file in (tmp_path / "store").glob("log.sqlite*"):
        file.unlink()
    state, records = opened(tmp_path / "store")
    assert records == [] and state.identity != before.identity
    assert opened(tmp_path / "store") == (state, [])


def test_a_truncated_log_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    filled(tmp_path, closed=True)
    store = SqliteStore(tmp_path / "store")
    store.truncate(7, {"reason": "diverged"})
    store.close()
    assert opened(tmp_path / "store")[1] == RECORDS[:7]


@given(data=st.data())
def test_no_change_of_the_register_file_goes_unnoticed(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "witness.json"
        content = bytearray(sealed(msgspec.json.encode(STATE)))
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            content[at] ^= data.draw(st.integers(1, 255))
        else:
            del content[at:]
        file.write_bytes(content)
        with pytest.raises(DamagedError, match=r"move .* away and start it again"):
            remembered(file)


def test_what_was_sealed_comes_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(sealed(msgspec.json.encode(STATE)))
    assert unsealed(tmp_path / "file", "") == msgspec.json.encode(STATE)
    assert remembered(tmp_path / "file") == STATE and remembered(tmp_path / "none") is None


@pytest.mark.slow
def test_damaged_hosts_stay_up_refuse_and_say_what_to_do_and_the_others_go_on(tmp_path: Path) -> None:
    with running_stack(tmp_path, network=93) as stack:
        stack.until(lambda: stack.primary() and stack.standbys())
        standby, primary = stack.standbys().pop(), stack.primary()
        for host, name in ((standby, "log.sqlite"), ("w3", "witness.json")):
            process = stack._processes[host]
            process.send_signal(signal.SIGTERM)
            process.wait(10)
            file = tmp_path / host / name
            content = bytearray(file.read_bytes())
            content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
            file.write_bytes(content)
            stack.start_host(host)
        stack.until(lambda: "is damaged" in stack.log(standby) and "is damaged" in stack.log("w3"))
        for host in (standby, "w3"):
            assert "Traceback" not in stack.log(host)
            with stack.dial(host, 8008) as http:
                http.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
                said = b""
                while chunk := http.recv(1 << 16):
                    said += chunk
            assert b"failover_store_damaged 1" in said
        assert stack.primary() == primary and stack.child(standby)
