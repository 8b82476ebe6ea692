"""No false alarm where nothing was done. `make proof`: a thousand such runs."""

from __future__ import annotations

from tests.worlds.simulator.cleanruns import a_clean_plan, alarms


def test_runs_in_which_nothing_happens_pass_whatever_the_settings() -> None:
    assert [line for number in range(6) for line in alarms(number)] == []


def test_settings_and_load_differ_from_run_to_run() -> None:
    plans = [a_clean_plan(number) for number in range(30)]
    assert len({str(plan.settings) for plan in plans}) > 15
    assert len({plan.load.rate_per_s for plan in plans}) == 30
