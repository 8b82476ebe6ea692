"""The command `search` as a person meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli import main
from harness.search.results import FILE


def search(*words: str) -> int:
    return main(["search", "--workers", "1", *words])


def test_a_sound_target_passes_and_what_was_reached_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search("--schedules", "6", "--out", f"{tmp_path / 'found'}") == 0
    told = capsys.readouterr()
    assert "6 of 6 schedules played" in told.out and "faults that hit" in told.out
    assert len((tmp_path / "found" / FILE).read_text().splitlines()) == 7


def test_a_search_that_was_done_is_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search("--schedules", "3", "--out", f"{tmp_path}")
    _, _, first = capsys.readouterr().out.partition("faults that hit")
    assert search("--resume", f"{tmp_path}") == 0
    assert first and capsys.readouterr().out.endswith(first)


def test_a_planted_defect_is_found_with_the_command_that_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--schedules", "60", "--defect", "no-lease-check", "--out", f"{tmp_path}", "--json")
    assert search(*words) == 1
    (found,) = json.loads(capsys.readouterr().out)["found"]
    assert found["name"] == "two-deciders" and Path(found["file"]).exists()
    assert main([*found["command"].split()[1:], "--out", f"{tmp_path / 'runs'}"]) == 1


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        (("--defect", "no-lease"), "did you mean 'no-lease-check'?"),
        (("--target", "refrence"), "did you mean 'reference'?"),
        (("--schedules", "0"), "write --schedules 1000"),
        (("--resume", "/nowhere"), "begin one with --out"),
    ],
)
def test_a_wrong_word_is_refused_with_the_fix(
    words: tuple[str, ...], fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert search(*words) == 2
    assert fix in capsys.readouterr().err
