"""What a person names -> drills: files, suites, names of the catalogue; and all that is no drill file."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drillfile import read_all
from harness.drillfile.catalogue import story
from harness.model.errors import DrillError
from tests.drillfile.written import GOOD

SUITE = "suite: few\ndrills:\n  - {name: mine, trials: 7}\n  - name: other\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue of two drills and a suite, apart from where the person stands."""
    catalogue = tmp_path / "installed" / "drills"
    (catalogue / "suites").mkdir(parents=True)
    (catalogue / "mine.yaml").write_text(GOOD)
    (catalogue / "other.yaml").write_text(GOOD.replace("mine", "other"))
    (catalogue / "suites" / "few.yaml").write_text(SUITE)
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return catalogue


def refused(path: str | Path, folder: Path) -> DrillError:
    with pytest.raises(DrillError) as raised:
        read_all([Path(path)], folder)
    error = raised.value
    assert "\n" not in str(error)
    return error


def test_a_file_is_read_and_keeps_the_path_that_it_was_named_by(folder: Path) -> None:
    Path("my.yaml").write_text(GOOD)
    (drill,) = read_all([Path("my.yaml")], folder)
    assert (drill.name, drill.path, drill.story) == ("mine", "my.yaml", "The story.")


def test_files_are_read_in_the_order_they_were_named(folder: Path) -> None:
    assert [drill.name for drill in read_all([Path("other"), Path("mine"), Path("other")], folder)] == [
        "other",
        "mine",
        "other",
    ]


@pytest.mark.parametrize("name", ["mine", "mine.yaml", "drills/mine.yaml", "drills/mine"])
def test_a_drill_of_the_catalogue_is_found_from_anywhere(name: str, folder: Path) -> None:
    (drill,) = read_all([Path(name)], folder)
    assert (drill.name, drill.path) == ("mine", name)


def test_ones_own_file_comes_before_the_catalogue(folder: Path) -> None:
    Path("drills").mkdir()
    Path("drills/mine.yaml").write_text(GOOD.replace("drill: mine", "drill: my-own"))
    (drill,) = read_all([Path("drills/mine.yaml")], folder)
    assert drill.name == "my-own"


@pytest.mark.parametrize("name", ["few", "drills/suites/few.yaml"])
def test_a_suite_is_its_drills_with_their_trials(name: str, folder: Path) -> None:
    drills = read_all([Path(name)], folder)
    assert [(drill.name, drill.path, drill.trials) for drill in drills] == [
        ("mine", "mine", 7),
        ("other", "other", 1),
    ]


def test_a_suites_files_are_seen_from_its_folder(folder: Path) -> None:
    Path("mine").mkdir()
    Path("mine/a.yaml").write_text(GOOD)
    Path("mine/suite.yaml").write_text("suite: s\ndrills: [{file: a.yaml, trials: 2}]\n")
    (drill,) = read_all([Path("mine/suite.yaml")], folder)
    assert (drill.path, drill.trials) == ("mine/a.yaml", 2)


@pytest.mark.parametrize(
    ("suite", "line", "field", "says"),
    [
        ("suite: s\ndrills: [{name: mne}]\n", 2, "drills[0]", "did you mean 'mine'?"),
        ("suite: s\ndrills:\n  - {file: gone.yaml}\n", 3, "drills[0]", "no such file"),
        ("suite: s\ndrills:\n  - {name: few}\n", 3, "drills[0]", "'few' is a suite itself"),
        ("suite: s\ndrills: [mine]\n", 2, "drills[0]", "write for instance {name: kill-primary}"),
        ("suite: s\ndrills: [{trials: 3}]\n", 2, "drills[0]", "name one drill"),
        ("suite: s\ndrills: [{name: mine, file: a}]\n", 2, "drills[0]", "name one drill"),
        ("suite: s\ndrills: [{name: mine, trials: 0}]\n", 2, "drills[0].trials", "no whole number from 1"),
        ("suite: s\ndrills: []\n", 2, "drills", "drills are a list"),
        ("suite: s\n", 1, "drills", "a suite needs the word 'drills'"),
        ("suite: s\ndrils: []\n", 2, "drils", "did you mean 'drills'?"),
    ],
)
def test_a_wrong_suite_is_told_with_its_line(
    suite: str, line: int, field: str, says: str, folder: Path
) -> None:
    Path("suite.yaml").write_text(suite)
    error = refused("suite.yaml", folder)
    assert (error.path, error.line, error.field) == ("suite.yaml", line, field)
    assert says in error.problem


def test_a_wrong_drill_of_a_suite_is_told_as_the_drills_own_error(folder: Path) -> None:
    (folder / "other.yaml").write_text("drill: other\ntarget: x\nsteps: 3\n")
    error = refused("few", folder)
    assert (error.path, error.line, error.field) == ("other", 3, "steps")


def test_a_missing_file_names_the_nearest_of_the_catalogue(folder: Path) -> None:
    assert str(refused("drills/mien.yaml", folder)) == (
        "drills/mien.yaml: no such file, nor a drill of the catalogue; did you mean 'mine'?"
    )


def test_a_missing_file_that_is_like_nothing_says_what_lists_the_catalogue(folder: Path) -> None:
    assert "`failover-drill drills` lists it" in str(refused("elsewhere/zzz.yaml", folder))


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "ünknöwn", "\udcff", "-", ".", ".."])
def test_a_name_that_is_no_file_is_one_message(name: str, folder: Path) -> None:
    assert refused(name, folder).path


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "nothing is written in it"),
        (b"\n\n# nothing\n", "nothing is written in it"),
        (b"\xff\xfe\x00d", "is not UTF-8 text (byte 0xff)"),
        (b"drill: a\ntarget: \xe9\n", "is not UTF-8 text (byte 0xe9)"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "is no text"),
        (b"x" * 10_000_000, "has 10,000,000 bytes, a drill file at most 65,536"),
        (bytes(range(256)), "is not UTF-8 text (byte 0x80)"),
    ],
)
def test_what_is_no_text_is_one_message(content: bytes, says: str, folder: Path) -> None:
    Path("a.yaml").write_bytes(content)
    error = refused("a.yaml", folder)
    assert error.path == "a.yaml"
    assert says in error.problem


def test_the_line_of_a_byte_that_is_no_text_is_told(folder: Path) -> None:
    Path("a.yaml").write_bytes(b"drill: a\ntarget: \xe9\n")
    assert refused("a.yaml", folder).line == 2


def test_a_byte_order_mark_and_a_dos_line_end_are_no_hindrance(folder: Path) -> None:
    Path("a.yaml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    (drill,) = read_all([Path("a.yaml")], folder)
    assert drill.story == "The story."


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: GOOD.encode() + text.encode("utf-8", "ignore")),
    )
)
def test_any_bytes_as_a_file_are_a_drill_or_a_message(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, "a.yaml")
        file.write_bytes(content)
        try:
            (drill,) = read_all([file], Path(folder))
        except DrillError as error:
            assert error.path == str(file)
            assert "\n" not in str(error)
        else:
            assert drill.name == "mine"


def test_a_folder_is_no_drill(folder: Path) -> None:
    Path("some").mkdir()
    assert "is a folder; name the files in it" in str(refused("some", folder))


def test_what_would_wait_for_ever_is_not_read(folder: Path) -> None:
    os.mkfifo("pipe.yaml")
    assert "is no regular file" in str(refused("pipe.yaml", folder))
    assert "is no regular file" in str(refused("/dev/zero", folder))


def test_the_story_is_the_comment_on_top() -> None:
    text = "# yaml-language-server: $schema=x.json\n# One.\n#\n#  Two.\n\n# Not this.\ndrill: a\n"
    assert story(text) == "One.\n\nTwo."
    assert story("drill: a\n# no story\n") == ""
