from __future__ import annotations

import pytest

from harness.model.proof import SOUND, Cell, Outcome, Table, cell_of
from harness.model.verdict import Finding, Judgement, Verdict


def finding(judgement: Judgement) -> Finding:
    return Finding(measure="lost_writes", judgement=judgement, measured="3", bound="≤ 0")


def verdict(*judgements: Judgement) -> Verdict:
    return Verdict(
        drill="kill-primary",
        judgement="pass",
        findings=tuple(finding(judgement) for judgement in judgements),
        trials=(),
        trials_planned=1,
    )


def table(*cells: tuple[str, str, Outcome]) -> Table:
    defects = {defect: "broken" for defect, _, _ in cells if defect != SOUND}
    made = tuple(Cell(defect=defect, drill=drill, outcome=outcome) for defect, drill, outcome in cells)
    return Table(world="simulator", target="paper", defects=defects, cells=made)


@pytest.mark.parametrize(
    ("verdicts", "outcome", "findings"),
    [
        ([verdict("pass", "pass")], "not found", 0),
        ([verdict("pass"), verdict("unknown", "fail")], "found", 1),
        ([verdict("unknown", "pass")], "unknown", 1),
        ([], "unknown", 0),
    ],
)
def test_a_defect_is_found_by_a_finding_that_failed(
    verdicts: list[Verdict], outcome: Outcome, findings: int
) -> None:
    cell = cell_of("no-lease-check", "kill-primary", verdicts, trials=3, seed=1)
    assert (cell.outcome, len(cell.findings)) == (outcome, findings)


def test_one_drill_that_finds_a_defect_is_enough() -> None:
    tried = table(
        (SOUND, "one", "not found"),
        (SOUND, "two", "not found"),
        ("x", "one", "not found"),
        ("x", "two", "found"),
    )
    assert (tried.row("x"), tried.judgement) == ("found", "pass")


def test_a_defect_that_no_drill_finds_fails_the_table() -> None:
    assert table((SOUND, "one", "not found"), ("x", "one", "not found")).judgement == "fail"


def test_a_drill_that_the_sound_controller_fails_proves_nothing() -> None:
    assert table((SOUND, "one", "found"), ("x", "one", "found")).judgement == "fail"


def test_what_could_not_be_judged_makes_the_table_unknown() -> None:
    assert table((SOUND, "one", "unknown"), ("x", "one", "found")).judgement == "unknown"
    assert table((SOUND, "one", "not found"), ("x", "one", "unknown")).judgement == "unknown"


def test_what_cannot_show_in_a_world_is_not_asked_of_it() -> None:
    assert (
        table((SOUND, "one", "not found"), ("x", "one", "found"), ("y", "one", "not applicable")).judgement
        == "pass"
    )
