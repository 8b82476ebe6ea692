"""The table of defects × drills, drawn."""

from __future__ import annotations

from harness.model.proof import SOUND, Cell, Outcome, Table
from harness.model.verdict import Finding
from reports.defects import Output, Proofs, line, listed, summary
from reports.look import Look
from reports.machine import encode
from tests.reports.drawing import drawn

LOSS = Finding(measure="lost_writes", judgement="fail", measured="31", bound="≤ 0")
INSIDE = Finding(measure="invariants", judgement="fail", measured="1 of 15 broken", bound="none")


def cell(defect: str, drill: str, outcome: Outcome, *findings: Finding, reason: str = "") -> Cell:
    return Cell(
        defect=defect, drill=drill, outcome=outcome, trials=3, seed=1, findings=findings, reason=reason
    )


def table(*cells: Cell) -> Table:
    defects = {cell.defect: "what is broken" for cell in cells if cell.defect != SOUND}
    return Table(world="simulator", target="paper", defects=defects, cells=cells, seconds=61.0)


FOUND = table(
    cell(SOUND, "isolate-primary", "not found"),
    cell("no-lease-check", "isolate-primary", "found", INSIDE, LOSS),
    cell("lone-witness", "blind-witness", "not applicable", reason="containers see no invariants"),
)


def test_the_first_line_says_how_many_were_found() -> None:
    assert summary(FOUND) == (
        "1 of 1 defect found in the simulator world; 1 cannot show there; the sound controller passes "
        "1 of 1 drill. It took 61.00 s."
    )


def test_what_clients_notice_is_told_before_what_only_a_model_sees() -> None:
    assert line(FOUND.cells[1]) == "no-lease-check in isolate-primary: found: lost writes 31, bound ≤ 0 (+1)"


def test_the_sound_controller_passes_or_fails() -> None:
    assert line(FOUND.cells[0]) == "the sound controller in isolate-primary: passes"
    failed = cell(SOUND, "isolate-primary", "found", LOSS)
    assert line(failed) == "the sound controller in isolate-primary: FAILS: lost writes 31, bound ≤ 0"


def test_the_table_names_each_defect_once_with_its_drills_and_the_finding() -> None:
    text = drawn(Proofs(FOUND, Look()), width=120)
    assert text.count("no-lease-check") == 1
    for words in (
        "PASS",
        "isolate-primary",
        "lost writes 31",
        "not applicable",
        "containers see no invariants",
    ):
        assert words in text


def test_a_defect_that_was_missed_fails_the_table() -> None:
    missed = table(cell(SOUND, "one", "not found"), cell("x", "one", "not found"))
    text = drawn(Proofs(missed, Look()), width=100)
    assert "FAIL" in text and "not found" in text and "0 of 1 defect found" in text


def test_a_terminal_without_signs_loses_nothing() -> None:
    assert "bound <= 0" in drawn(Proofs(FOUND, Look(ascii=True)), width=120)


def test_the_list_has_a_defect_a_line() -> None:
    assert listed({"a": "one", "longer": "two"}, Look()) == "a       one\nlonger  two\n"


def test_machines_get_the_whole_table() -> None:
    text = encode(Output(exit_code=0, table=FOUND))
    assert '"outcome": "found"' in text and '"measured": "31"' in text
