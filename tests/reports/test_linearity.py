from __future__ import annotations

from reports.linearity import Page, report
from reports.look import Look
from tests.reports.drawing import drawn, squeezed


def page(**changes: object) -> Page:
    fields: dict[str, object] = {
        "file": "a.log",
        "judgement": "pass",
        "operations": 85,
        "configurations": 1234,
        "evidence": (),
    }
    return Page(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_history_is_one_line_with_what_was_searched() -> None:
    told = drawn(report([page()], Look()))
    assert squeezed(told).strip() == "PASS a.log linearizable (85 operations, 1,234 configurations)"


def test_what_shows_a_violation_stands_below_it_and_several_are_counted() -> None:
    bad = page(file="b.log", judgement="fail", evidence=("read 2 (lines 3 to 4)",))
    told = squeezed(drawn(report([page(), bad, page(judgement="unknown")], Look())))
    assert "FAIL b.log not linearizable (85 operations, 1,234 configurations) read 2 (lines 3 to 4)" in told
    assert told.strip().endswith("3 histories: 1 linearizable, 1 not linearizable, 1 undecided")
