"""The cells of a long table outlive the run that found them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from harness.cellfile import Asked, CellFile
from harness.model.errors import DrillError, JournalError
from harness.model.proof import Cell, Outcome

ASKED = Asked(target="reference", world="docker", seed=1, images={"data": "sha256:1"})


def cell(outcome: Outcome = "found", drill: str = "kill-primary", trials: int = 1) -> Cell:
    return Cell(defect="no-lease-check", drill=drill, outcome=outcome, trials=trials, seed=1)


def test_what_was_kept_is_there_when_the_table_is_gone_on_with(tmp_path: Path) -> None:
    file = CellFile.opened(tmp_path / "cells", ASKED)
    file.keep(cell())
    file.keep(cell("not found", "calm"))
    again = CellFile.opened(tmp_path / "cells", ASKED)
    assert [*again.before.values()] == [cell(), cell("not found", "calm")]


@pytest.mark.parametrize("one", [cell("unknown"), cell("not applicable", trials=0)])
def test_what_was_not_judged_is_tried_again(one: Cell, tmp_path: Path) -> None:
    CellFile.opened(tmp_path / "cells", ASKED).keep(one)
    assert CellFile.opened(tmp_path / "cells", ASKED).before == {}


def test_a_line_that_was_cut_short_is_run_again(tmp_path: Path) -> None:
    path = tmp_path / "cells"
    file = CellFile.opened(path, ASKED)
    file.keep(cell())
    file.keep(cell(drill="calm"))
    path.write_bytes(path.read_bytes()[:-9])
    again = CellFile.opened(path, ASKED)
    assert [*again.before.values()] == [cell()]
    again.keep(cell(drill="calm"))
    assert len(CellFile.opened(path, ASKED).before) == 2


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (replace(ASKED, seed=2), "seed 1, not 2"),
        (replace(ASKED, images={"data": "sha256:2"}), "other images"),
    ],
)
def test_cells_of_another_table_are_not_taken_for_this_ones(other: Asked, says: str, tmp_path: Path) -> None:
    CellFile.opened(tmp_path / "cells", ASKED)
    with pytest.raises(DrillError, match=says):
        CellFile.opened(tmp_path / "cells", other)


def test_a_file_that_is_no_table_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "cells").write_text("a letter\n")
    with pytest.raises(DrillError, match="no table of defects"):
        CellFile.opened(tmp_path / "cells", ASKED)
    assert (tmp_path / "cells").read_text() == "a letter\n"


def test_where_nothing_can_be_written_it_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        CellFile.opened(tmp_path / "none" / "cells", ASKED)
