from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from harness.model.errors import DrillError
from harness.search.coverage import Coverage
from harness.search.outcome import Broken, Outcome
from harness.search.results import FILE, VERSION, Folder, Result
from tests.search.fields import asked

ASKED = asked(schedules=3)


def result(number: int) -> Result:
    seen = Outcome(kind="violation", broken=(Broken("two-deciders", 1.5, "n1 and n2"),), faults=2)
    return Result(number=number, seed=number + 9, outcome=seen, coverage=Coverage({"a": 1}, {"b": 0}))


def kept(path: Path, results: int) -> None:
    folder = Folder.new(path, ASKED)
    for number in range(results):
        folder.keep(result(number))
    folder.close()


def test_a_folder_tells_what_was_asked_for_and_what_came_of_it(tmp_path: Path) -> None:
    kept(tmp_path / "s", 2)
    with closing(Folder.resumed(tmp_path / "s")) as folder:
        assert (folder.asked, folder.before) == (ASKED, [result(0), result(1)])


def test_a_line_that_was_cut_short_is_played_again(tmp_path: Path) -> None:
    kept(tmp_path, 2)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-20])
    with closing(Folder.resumed(tmp_path)) as folder:
        assert folder.before == [result(0)]
        folder.keep(result(1))
    with closing(Folder.resumed(tmp_path)) as folder:
        assert folder.before == [result(0), result(1)]


def test_a_folder_of_another_search_is_not_begun_anew(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    with pytest.raises(DrillError, match="--resume"):
        Folder.new(tmp_path, ASKED)


def test_what_is_no_search_cannot_be_gone_on_with(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(DrillError, match="no folder of a search"):
            Folder.resumed(folder)


def test_a_second_search_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with closing(Folder.new(tmp_path, ASKED)) as folder:
        with pytest.raises(DrillError, match="another search is at work"):
            Folder.new(tmp_path, ASKED)
        with pytest.raises(DrillError, match="another search is at work"):
            Folder.resumed(tmp_path)
        folder.keep(result(0))
    with closing(Folder.resumed(tmp_path)) as folder:
        assert folder.before == [result(0)]


def test_the_lock_ends_with_the_process_that_held_it(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    program = (
        "import sys, time; from pathlib import Path; from harness.search.results import Folder;"
        "folder = Folder.resumed(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", program, f"{tmp_path}"]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        with pytest.raises(DrillError, match="another search is at work"):
            Folder.resumed(tmp_path)
        holder.kill()
    with closing(Folder.resumed(tmp_path)) as folder:
        assert folder.before == [result(0)]


def test_a_search_of_a_version_that_drew_others_is_not_gone_on_with(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes().replace(b'"version":%d' % VERSION, b'"version":1'))
    with pytest.raises(DrillError, match=f"drew other schedules: 1, not {VERSION}"):
        Folder.resumed(tmp_path)
