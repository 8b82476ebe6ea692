"""Failovers whose every moment is known: each figure's interval holds the truth. `make proof`: a thousand."""

from __future__ import annotations

from random import Random

import pytest
from msgspec import structs

from harness.judge import judge
from tests.checkers.knowntruth import Script, a_script, journal
from tests.checkers.truthful import wrong, wrong_of

SAMPLE = range(5000, 5080)


def test_every_figure_of_known_failovers_holds_the_truth() -> None:
    assert [line for seed in SAMPLE for line in wrong_of(seed)] == []


def test_the_sample_has_split_brain_loss_stale_reads_and_clocks_that_are_off() -> None:
    seen = [(script, judge(script.plan, journal(script)).trials[0]) for script in map(drawn, SAMPLE)]
    assert sum(measured.split_brain_low_s > 0 for _, measured in seen) > 10
    assert sum(measured.lost_before_fault > 0 for _, measured in seen) > 10
    assert sum(measured.lost_after_fault > 0 for _, measured in seen) > 10
    assert sum(measured.stale_reads > 0 for _, measured in seen) > 10
    assert sum(script.clock_error_s > 0 for script, _ in seen) > 40
    assert sum(measured.split_brain_high_s == 0 for _, measured in seen) > 10


def drawn(seed: int) -> Script:
    return a_script(Random(seed))


@pytest.mark.parametrize("hidden_s", [0.0, 0.0005])
def test_clocks_that_are_further_off_than_stated_are_found(hidden_s: float) -> None:
    """What would be judged if a world stated too small an error: the figures do not hold the truth."""
    scripts = [structs.replace(drawn(seed), blur_s=(0.0, 0.0)) for seed in SAMPLE]
    stated = [structs.replace(s, clock_error_s=hidden_s) for s in scripts if s.clock_error_s > 0.001]
    assert sum(bool(wrong(script)) for script in stated) > len(stated) / 2
