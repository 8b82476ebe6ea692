"""The benchmark itself: every section measures something, and both outputs hold it."""

from __future__ import annotations

import msgspec
import pytest

from tests.bench.__main__ import main
from tests.bench.measuring import Row, Scale, timed
from tests.bench.sections import SECTIONS

TINY = Scale(sizes=(2_000,), repeats=1)


@pytest.mark.parametrize("name", ["journal", "checkers", "conductor", "simulator"])
def test_a_section_yields_rows_of_its_own_name(name: str) -> None:
    rows = SECTIONS[name](TINY)
    assert rows
    assert {row.section for row in rows} == {name}
    assert all(row.count > 0 and row.seconds >= 0 for row in rows)


def test_a_row_says_how_many_a_second() -> None:
    row = Row(section="s", what="w", count=100, unit="u", seconds=0.5)
    assert row.per_s == 200
    assert msgspec.json.decode(msgspec.json.encode(row), type=Row) == row


def test_the_best_of_several_counts() -> None:
    assert timed(lambda: 7, repeats=3)[1] == 7


def test_rows_come_as_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conductor", "--json", "--quick"]) == 0
    rows = msgspec.json.decode(capsys.readouterr().out, type=list[Row])
    assert [row.section for row in rows] == ["conductor", "conductor"]


def test_a_section_that_is_not_there_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["judging"])
    assert "no section 'judging'; there are journal, whole" in capsys.readouterr().err
