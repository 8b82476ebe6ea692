"""The sweep over the defects; the whole of it is `make proof`."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.errors import DrillError
from harness.search.results import FILE
from tests.search.sweep import Swept, main, swept

EASY, HARD = "ack-before-replication", "detector-twice-too-slow"


def test_a_safety_defect_is_found_and_the_table_says_by_what(tmp_path: Path) -> None:
    (one,) = swept([EASY], out=tmp_path, schedules=20)
    assert one.breaks == "safety" and "acknowledged-lost" in one.shows and one.played <= 20


def test_what_is_there_already_is_not_played_again(tmp_path: Path) -> None:
    first = [*swept([EASY], out=tmp_path, schedules=20)]
    before = (tmp_path / EASY / FILE).read_bytes()
    assert [*swept([EASY], out=tmp_path, schedules=20)] == first
    assert (tmp_path / EASY / FILE).read_bytes() == before


def test_a_sweep_of_other_schedules_is_not_mixed_with_it(tmp_path: Path) -> None:
    assert [*swept([EASY], out=tmp_path, schedules=20)]
    with pytest.raises(DrillError, match="holds a search already"):
        [*swept([EASY], out=tmp_path, schedules=20, seed=2)]


def test_only_a_missed_safety_defect_fails_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--out", f"{tmp_path}", "--schedules", "1", "--workers", "1"]
    assert main([HARD, *few]) == 0
    assert main(["epoch-in-memory", *few]) == 1
    assert "missed: epoch-in-memory" in capsys.readouterr().out


def test_a_line_says_how_many_schedules_it_took() -> None:
    found = Swept(defect=EASY, breaks="safety", played=7, shows=("acknowledged-lost",))
    assert "found in 7" in f"{found}" and "acknowledged-lost" in f"{found}"
    assert "not found in 9" in f"{Swept(defect=HARD, breaks='liveness', played=9)}"
