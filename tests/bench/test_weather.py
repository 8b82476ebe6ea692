from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.bench.weather import WEATHERS, measured, summed, table, text
from tests.worlds.simulator.rehearsals import judged, of_text


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


def test_every_failover_is_false_and_the_worst_trial_is_told(tmp_path: Path) -> None:
    plan = of_text(text((), seconds=1), tmp_path)
    verdict, _ = judged(plan, tmp_path)
    (trial,) = verdict.trials
    trials = tuple(msgspec.structs.replace(trial, failovers=many) for many in (1, 3))
    row = summed("loss", msgspec.structs.replace(verdict, trials=trials), minutes=2)
    assert (row.false_failovers, row.worst) == (4, 3)
    assert row.acknowledged == 2 * trial.writes_acknowledged
