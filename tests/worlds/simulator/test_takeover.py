"""Whoever dies, at whichever act of a failover: another one finishes it, safely and in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.verdict import TrialMeasures
from targets.reference.settings import Settings
from tests.worlds.simulator.takeovers import DOWN_S, SEEN_WITH, STRIKES, Point, Strike, Who, died_at, points

# A failover, and who leads being given up after two missing fences: see the machines' turn.
LED_AGAIN_S = 0.4
# A node that others need is missing until it is back. An agent that dies before its word costs the lease.
MISSING_S = DOWN_S + LED_AGAIN_S
NAMES: tuple[Who, ...] = ("witnesses", "standby", "primary")
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def all_points(tmp_path_factory: pytest.TempPathFactory) -> dict[Strike, list[Point]]:
    return {strike: points(strike, tmp_path_factory.mktemp(strike)) for strike in STRIKES}


def test_a_failover_is_seen_act_by_act(all_points: dict[Strike, list[Point]]) -> None:
    both = {
        Point("witnesses", "tells", "decided", "after"),
        Point("witnesses", "sends", "Seal", "before"),
        Point("witnesses", "persists", "register", "after"),
        Point("witnesses", "sends", "Promote", "before"),
        Point("standby", "persists", "seal", "after"),
        Point("standby", "appends", "mark", "after"),
        Point("standby", "sends", "Reply", "before"),
        Point("standby", "does", "Redirect", "before"),
        Point("primary", "persists", "seal", "before"),
    }
    assert both <= {*all_points["isolate"]}
    assert both | {Point("primary", "sends", "HandBack", "before")} <= {*all_points["kill"]}


@pytest.mark.slow
@pytest.mark.parametrize("who", NAMES)
@pytest.mark.parametrize("strike", STRIKES)
def test_whoever_dies_the_failover_is_finished(
    strike: Strike, who: Who, all_points: dict[Strike, list[Point]], tmp_path: Path
) -> None:
    where = [point for point in all_points[strike] if point.who == who]
    bound_s = LED_AGAIN_S if who == "witnesses" else MISSING_S
    if strike == "isolate":
        bound_s += Settings().detection_bound_s
    died = set[Point]()
    for seed in SEEDS:
        died |= _finished(strike, where, tmp_path, seed, bound_s)
    # Some acts come by chance. In the very trial in which it was seen each is reached.
    for point in {*where} - died:
        died |= _finished(strike, [point], tmp_path, SEEN_WITH, bound_s)
    assert died == {*where}


def _finished(strike: Strike, where: list[Point], folder: Path, seed: int, bound_s: float) -> set[Point]:
    """Those points that were reached; in time each time."""
    verdict, trials = died_at(strike, where, folder, seed=seed)
    assert [finding for finding in verdict.findings if finding.judgement == "fail"] == [], f"seed {seed}"
    assert {*trials} == {*where}
    reached = {point: trial for point, trial in trials.items() if not trial.void}
    gaps = {point: _gap_s(trial) for point, trial in reached.items()}
    assert {point: gap_s for point, gap_s in gaps.items() if gap_s > bound_s} == {}, f"seed {seed}"
    return {*reached}


def _gap_s(trial: TrialMeasures) -> float:
    """From the last good write to the next: of two strikes in a trial each counts by itself."""
    gap = trial.outage_gap
    return float("inf") if gap is None or gap.value is None else gap.value
