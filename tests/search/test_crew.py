from __future__ import annotations

from contextlib import closing

import pytest

from harness.search.crew import crew, played
from harness.search.schedules import Schedule
from tests.search.fields import FIELD, asked, drawn, field_of

NINE = [*crew(asked(schedules=9), field_of, begin=0, workers=1)]


def test_results_come_in_order_and_say_what_was_reached() -> None:
    assert [result.number for result in NINE] == [*range(9)]
    assert all(result.outcome.virtual_s > 2 for result in NINE)
    assert all(result.coverage.hits for result in NINE if result.outcome.faults)


@pytest.mark.slow
def test_several_processes_find_what_one_finds() -> None:
    assert [*crew(asked(schedules=9), field_of, begin=0, workers=2)] == NINE


def test_going_on_gives_the_rest() -> None:
    assert [*crew(asked(schedules=9), field_of, begin=7, workers=1)] == NINE[7:]


def test_a_crew_that_is_closed_ends_its_processes() -> None:
    with closing(crew(asked(schedules=5000), field_of, begin=0, workers=1)) as results:
        assert next(results) == NINE[0]


def test_what_cannot_be_planned_is_counted_apart() -> None:
    one = drawn(0)
    seen = played(FIELD, Schedule(0, one.drill, one.seed), "no such defect").outcome
    assert seen.kind == "uncounted" and "cannot be planned" in seen.why
