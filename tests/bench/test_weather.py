from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.weather import WEATHERS, measured, table, text
from tests.worlds.simulator.rehearsals import of_text


@pytest.mark.parametrize("weather", WEATHERS)
def test_each_weather_is_a_drill_that_can_be_planned(weather: str, tmp_path: Path) -> None:
    plan = of_text(text(WEATHERS[weather], seconds=600), tmp_path, seed=7)
    assert len(plan.trials) == 1


def test_a_short_spell_of_each_weather_is_safe_and_counted() -> None:
    rows = list(measured(trials=1, seed=1, seconds=5))
    assert [row.weather for row in rows] == [*WEATHERS]
    assert all(row.acknowledged > 0 and not row.lost and not row.unsafe for row in rows)
    assert rows[0].false_failovers == 0
    assert table(rows).row_count == len(rows)


def test_failovers_of_the_weather_are_counted() -> None:
    loss = next(row for row in measured(trials=1, seed=1, seconds=60) if row.weather == "loss 5 %")
    assert loss.false_failovers == loss.worst > 0
