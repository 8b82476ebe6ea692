"""Room taken on a host's own disks and given back; what is no such disk is never filled."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from harness.worlds.inside import room
from harness.worlds.inside.processes import ProcessError


def place(folder: Path) -> Path:
    """As a sandbox of pid 5 has it."""
    made = folder / "5" / "root" / room.PLACE
    made.mkdir(parents=True)
    return made


def fails_with(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fails(*of: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "write", fails)
    monkeypatch.setattr(os, "posix_fallocate", fails)


def test_a_host_that_has_no_disk_of_its_own_has_none_to_be_filled(tmp_path: Path) -> None:
    assert room._folders(5, f"{tmp_path}") == []


def test_a_folder_of_the_machines_own_disk_is_refused(tmp_path: Path) -> None:
    (place(tmp_path) / "data").mkdir()
    with pytest.raises(ProcessError, match="data is no disk of the host's own, and is not filled"):
        room._folders(5, f"{tmp_path}")


def test_a_disk_is_full_when_the_kernel_says_so_and_writable_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert room._writable(tmp_path)
    fails_with(monkeypatch, errno.ENOSPC)
    assert not room._writable(tmp_path)
    room._fill(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [room._FILLER]


def test_another_error_is_no_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        room._writable(tmp_path)
    with pytest.raises(OSError, match="Input/output"):
        room._fill(tmp_path)


def test_what_is_looked_at_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_folders", lambda sandbox_pid: [tmp_path])
    seen = room.disks(sandbox_pid=5)
    assert (seen["disks"], seen["writable"]) == (1, 1)
    assert seen["free_bytes"] > 0
    assert [*tmp_path.iterdir()] == []


def test_room_is_made_by_taking_the_file_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_folders", lambda sandbox_pid: [tmp_path])
    (tmp_path / room._FILLER).write_bytes(b"x")
    seen = room.make_room(sandbox_pid=5)
    assert seen["writable"] == 1
    assert seen["before_s"] <= seen["after_s"]
    assert [*tmp_path.iterdir()] == []
    room.make_room(sandbox_pid=5)  # asked again it finds nothing to do
