"""The folder of a run: what it is called, what is in it, and what happens when it cannot be written."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from harness import runfolder
from harness.model.errors import ExitCode, JournalError
from tests.reports import examples

STARTED = datetime(2026, 11, 24, 2, 47, 9, 123456, tzinfo=UTC)


def test_the_name_sorts_by_time_and_names_the_drill(tmp_path: Path) -> None:
    assert runfolder.make(tmp_path, "kill-primary", STARTED).name == "2026-11-24T02-47-09Z-kill-primary"


def test_two_runs_of_the_same_second_do_not_share_a_folder(tmp_path: Path) -> None:
    first, second = (runfolder.make(tmp_path, "calm", STARTED) for _ in range(2))
    assert first != second
    assert second.name.endswith("calm-2")


def test_a_drill_s_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    made = runfolder.make(tmp_path / "out", "../../etc/passwd", STARTED)
    assert made.parent == tmp_path / "out"


def test_a_place_that_takes_no_folder_is_broken_surroundings_with_the_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="--out DIR") as caught:
        runfolder.make(tmp_path / "file", "calm", STARTED)
    assert caught.value.exit_code is ExitCode.BROKEN_SURROUNDINGS


def test_plan_and_verdict_come_back_as_they_were(tmp_path: Path) -> None:
    runfolder.write_plan(tmp_path, examples.plan_file())
    runfolder.write_verdict(tmp_path, examples.split_brain())
    assert runfolder.read_plan(tmp_path) == examples.plan_file()
    assert runfolder.read_verdict(tmp_path) == examples.split_brain()


def test_a_plan_that_was_altered_is_refused_and_one_without_a_sum_is_read(tmp_path: Path) -> None:
    runfolder.write_plan(tmp_path, examples.plan_file())
    file = tmp_path / "plan.json"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"limit": 0.3', b'"limit": 0.9'))
    assert file.read_bytes() != whole
    with pytest.raises(JournalError, match="it is not as the run wrote it") as caught:
        runfolder.read_plan(tmp_path)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT
    file.write_bytes(msgspec.json.encode(examples.plan_file()))
    assert runfolder.read_plan(tmp_path) == examples.plan_file()


@pytest.mark.parametrize("content", [b"", b"{}", b"[[[[", b"\xff\xfe", b'{"plan": 1}'])
def test_a_plan_that_is_none_is_wrong_input(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(JournalError, match=r"plan\.json") as caught:
        runfolder.read_plan(tmp_path)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT


def test_a_run_is_found_by_its_folder_by_a_file_in_it_and_in_a_folder_of_runs(tmp_path: Path) -> None:
    runs = [tmp_path / "b", tmp_path / "a"]
    for run in runs:
        run.mkdir()
        runfolder.write_plan(run, examples.plan_file())
    assert runfolder.find(runs[0]) == (runs[0],)
    assert runfolder.find(runs[0] / "plan.json") == (runs[0],)
    assert runfolder.find(tmp_path) == (runs[1], runs[0])


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_what_is_no_run_is_wrong_input(tmp_path: Path, name: str) -> None:
    with pytest.raises(JournalError) as caught:
        runfolder.find(tmp_path / name)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT


def test_a_traceback_finds_a_place_even_when_the_run_s_folder_takes_none(tmp_path: Path) -> None:
    where = runfolder.write_internal_error(ValueError("what happened"), tmp_path / "gone")
    assert "what happened" in Path(where).read_text()
    Path(where).unlink()


def test_what_is_named_is_on_the_disk_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut a name may be there without what it names."""
    was_there, fsync = list[bool](), os.fsync

    def seen(number: int) -> None:
        was_there.append((tmp_path / "plan.json").exists())
        assert os.fstat(number).st_size > 1000
        fsync(number)

    monkeypatch.setattr(os, "fsync", seen)
    runfolder.write_plan(tmp_path, examples.plan_file())
    assert was_there == [False] and (tmp_path / "plan.json").exists()


def test_what_could_not_be_written_leaves_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(JournalError, match="No space left on device"):
        runfolder.write_plan(tmp_path, examples.plan_file())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "why"), [(errno.ENAMETOOLONG, "File name too long"), (errno.EACCES, "Permission denied")]
)
def test_a_place_that_cannot_be_looked_at_is_wrong_input(
    number: int, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, **how: object) -> os.stat_result:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(JournalError, match=f"{why}; name a run's folder") as caught:
        runfolder.find(tmp_path / "run")
    assert caught.value.exit_code is ExitCode.WRONG_INPUT
