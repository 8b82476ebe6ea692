"""What is written comes back, at once where it matters; what cannot be written ends the run."""

from __future__ import annotations

import os
from pathlib import Path
from zlib import crc32

import pytest

from harness import journalfile
from harness.journalfile import Journal, Writer
from harness.model.errors import ExitCode, JournalError
from tests.checkers.journals import acked, says
from tests.journalfile.files import ENTRIES, HEAD, written


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    data = written(tmp_path / "j", *ENTRIES)
    assert journalfile.read(tmp_path / "j") == Journal(ENTRIES)
    assert data.startswith(HEAD)
    assert data.count(b"\n") == len(ENTRIES) + 2


def test_an_event_is_in_the_file_at_once_and_operations_when_they_are_due(tmp_path: Path) -> None:
    """So that a killed harness leaves a journal that can be judged."""
    with Writer(tmp_path / "j") as writer:
        writer.append(acked("a", 1, 2))
        assert (tmp_path / "j").read_bytes() == HEAD
        writer.append(says("n1", "primary", 1, at=3))
        assert (tmp_path / "j").read_bytes().count(b"\n") == 3


def test_an_operation_that_is_due_is_written_with_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr("harness.journalfile.writing.time.monotonic", lambda: now_s[0])
    with Writer(tmp_path / "j") as writer:
        writer.append(acked("a", 1, 2))
        now_s[0] += 0.05
        writer.flush_when_due()
        assert (tmp_path / "j").read_bytes() == HEAD
        now_s[0] += 0.051
        writer.flush_when_due()
        assert (tmp_path / "j").read_bytes().count(b"\n") == 2
        now_s[0] += 0.2
        writer.append(acked("b", 1, 2))
        assert (tmp_path / "j").read_bytes().count(b"\n") == 3


def test_a_journal_is_never_written_over(tmp_path: Path) -> None:
    written(tmp_path / "j", *ENTRIES)
    with pytest.raises(JournalError, match="is there already; name another folder") as caught:
        Writer(tmp_path / "j")
    assert caught.value.exit_code is ExitCode.BROKEN_SURROUNDINGS


def test_a_folder_that_is_not_there_is_told_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="free space or make the folder writable"):
        Writer(tmp_path / "nowhere" / "j")


def test_it_is_closed_once_the_run_is_over_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """A harness that dies while it removes what it started leaves a journal that is not whole."""
    writer = Writer(tmp_path / "j")
    for entry in ENTRIES:
        writer.append(entry)
    before = journalfile.read(tmp_path / "j")
    assert before.entries == ENTRIES and before.damage
    writer.close()
    assert journalfile.read(tmp_path / "j") == Journal(ENTRIES)


def test_what_a_full_disk_took_late_is_whole_all_the_same(tmp_path: Path) -> None:
    """The sum is over what is in the file, however often it was tried."""
    writer = Writer(tmp_path / "j")
    for entry in ENTRIES[:-1]:
        writer.append(entry)
    kept, full = os.dup(writer._file.fileno()), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file.fileno())
    with pytest.raises(JournalError):
        writer.append(ENTRIES[-1])
    os.dup2(kept, writer._file.fileno())
    os.close(kept)
    os.close(full)
    writer.close()
    before, _, last = (tmp_path / "j").read_bytes()[:-1].rpartition(b"\n")
    assert b'"sum":"%08x"' % crc32(before + b"\n") in last
    assert journalfile.read(tmp_path / "j") == Journal(ENTRIES)


def test_a_full_disk_ends_the_writing_with_the_fix(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "j")
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file.fileno())
    os.close(full)
    with pytest.raises(JournalError, match="No space left on device; free space"):
        writer.append(says("n1", "primary", 1, at=3))
    with pytest.raises(JournalError):
        writer.close()
    writer.close()  # twice is safe
