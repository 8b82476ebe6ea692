"""The command `defects`, as a person calls it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from multiprocessing import active_children

import pytest

from harness.cli import defects, main
from harness.model.proof import Cell
from harness.proving import Pair
from targets.reference.defects import DEFECTS


@pytest.fixture(autouse=True)
def few_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(defects, "_BATCHES", {"simulator": (1, 1), "docker": (1,)})


def test_the_list_has_a_line_for_each_and_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["defects", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(DEFECTS)


def test_the_list_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["defects", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == DEFECTS


def test_one_defect_is_found_and_the_sound_controller_passes(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["defects", "--defect", "stopped-is-dead", "--json"])
    said = capsys.readouterr()
    table = json.loads(said.out)["table"]
    outcomes = {(cell["defect"], cell["drill"]): cell["outcome"] for cell in table["cells"]}
    assert (code, outcomes) == (0, {("", "stutter"): "not found", ("stopped-is-dead", "stutter"): "found"})
    assert "2/2" in said.err


def test_a_defect_that_no_drill_looks_for_is_unknown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("targets.reference.target.PROOFS", {})
    assert main(["defects", "--defect", "stopped-is-dead"]) == 4
    assert "no drill of the catalogue looks for it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--defect", "stoped-is-dead"], "did you mean 'stopped-is-dead'?"),
        (["--world", "simulater"], "did you mean 'simulator'?"),
        (["--target", "referenc"], "did you mean 'reference'?"),
    ],
)
def test_a_wrong_word_is_answered_by_the_right_one(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["defects", *words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_at_once_and_its_workers_too(number: signal.Signals, code: int) -> None:
    command = [sys.executable, "-m", "harness.cli", "defects"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()  # the first cell
        process.send_signal(number)
        # They hold its standard error open: it ends only when all of them have gone.
        rest = process.stderr.read()
    assert (process.returncode, number.name in rest) == (code, True)


def test_what_ends_it_while_a_cell_is_told_ends_the_workers_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[BaseException] = []

    def told(cells: Iterator[Cell], made: Sequence[Pair]) -> Iterator[Cell]:
        yield next(cells)
        # Held beyond its handling, as a cycle of references would hold it, with all that its trace refers to.
        kept.append(defects.EndedError(signal.SIGTERM))
        raise kept[0]

    monkeypatch.setattr(defects, "_told", told)
    assert main(["defects", "--defect", "stopped-is-dead"]) == 143
    assert active_children() == []
