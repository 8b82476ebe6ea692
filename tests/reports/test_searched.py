from __future__ import annotations

from reports.look import Look
from reports.searched import Page, report
from tests.reports.drawing import drawn, squeezed


def page(**changes: object) -> str:
    fields: dict[str, object] = {
        "title": "search on reference, seed 1",
        "schedules": 10,
        "played": 10,
        "sound": 9,
        "uncounted": {"no fault bit": 1},
        "violations": [],
        "virtual_s": 250.0,
        "took_s": 5.0,
        "hits": {"kill of a primary node, calm": 4},
        "edges": {},
        "folder": "found",
    }
    return drawn(report(Page(**{**fields, **changes}), [], Look()))  # type: ignore[arg-type]


def test_a_search_without_a_violation_passes_if_most_of_it_counted() -> None:
    assert page().startswith("PASS") and page(sound=3).startswith("UNKNOWN")
    assert "50 virtual seconds a second" in squeezed(page())


def test_a_violation_fails_and_many_are_cut_short() -> None:
    text = page(violations=[(n, "two-deciders", f"case {n}") for n in range(30)])
    assert text.startswith("FAIL") and "case 19" in text and "case 20" not in text and "and 10 more" in text


def test_an_edge_that_no_schedule_took_is_named() -> None:
    text = page(edges={"primary: serving → fenced": 0, "primary: taking → serving": 7})
    assert "1 of 2" in text and "primary: serving → fenced" in text
    assert "primary: taking → serving" not in text
