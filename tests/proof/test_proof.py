"""A proof goes on where it ended, begins anew with other sources, and tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof import __main__ as command
from tests.proof.found import Found
from tests.proof.kept import Case, Kept
from tests.proof.proofs import PROOFS, Proof


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    numbers: list[int] = []

    def check(number: int) -> Found:
        numbers.append(number)
        return Found("odd" if number % 2 else "even", ("case 3 is bad",) if number == 3 else ())

    monkeypatch.setitem(PROOFS, "truth", Proof("cases", check, cases=7))
    monkeypatch.setattr(command, "sources", lambda: "now")
    return numbers


def test_a_proof_goes_on_where_it_ended(
    tmp_path: Path, asked: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["truth", "--cases", "3"], folder=tmp_path) == 0
    assert command.main(["truth", "--cases", "5"], folder=tmp_path) == 1
    assert asked == [0, 1, 2, 3, 4]
    told = "truth: 5 cases: 1 wrong, 3 even, 2 odd; 0 s\n  case 3 is bad\n"
    assert capsys.readouterr().out.endswith(told)


def test_without_a_number_it_is_done_whole(tmp_path: Path, asked: list[int]) -> None:
    command.main(["truth"], folder=tmp_path)
    assert len(asked) == 7


def test_other_sources_begin_it_anew_and_a_line_that_was_cut_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with Kept(path, "now", Case) as kept:
        kept.keep(Case(0, ()))
    with path.open("a") as file:
        file.write('{"number":1,"wr')
    with Kept(path, "now", Case) as kept:
        assert [*kept.cases()] == [0]
        kept.keep(Case(1, ()))
        assert [*kept.cases()] == [0, 1]
    with Kept(path, "later", Case) as kept:
        assert [*kept.cases()] == []


def test_a_proof_that_there_is_not_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.main(["trooth"])
