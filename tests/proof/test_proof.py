"""A proof goes on where it ended, begins anew with other sources, and tells what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof import __main__ as command
from tests.proof.kept import Case, Kept
from tests.proof.proofs import PROOFS


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    numbers: list[int] = []

    def check(number: int) -> list[str]:
        numbers.append(number)
        return ["case 3 is bad"] if number == 3 else []

    monkeypatch.setitem(PROOFS, "truth", ("cases", check))
    monkeypatch.setattr(command, "sources", lambda: "now")
    return numbers


def test_a_proof_goes_on_where_it_ended(
    tmp_path: Path, asked: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["truth", "--cases", "3"], folder=tmp_path) == 0
    assert command.main(["truth", "--cases", "5"], folder=tmp_path) == 1
    assert asked == [0, 1, 2, 3, 4]
    assert capsys.readouterr().out.endswith("truth: 5 cases: 1 wrong\n  case 3 is bad\n")


def test_other_sources_begin_it_anew_and_a_line_that_was_cut_is_done_again(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    Kept(path, "now").keep(Case(0, ()))
    with path.open("a") as file:
        file.write('{"number":1,"wr')
    assert [*Kept(path, "now").cases()] == [0]
    assert [*Kept(path, "later").cases()] == []


def test_a_proof_that_there_is_not_is_refused() -> None:
    with pytest.raises(SystemExit):
        command.main(["trooth"])
