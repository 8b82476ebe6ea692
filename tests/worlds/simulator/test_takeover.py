"""Whoever dies, at whichever act of a failover: another one finishes it, safely and in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.model.verdict import Figure
from tests.worlds.simulator.takeovers import DOWN_S, Point, Who, died_at, points

# A failover, and who leads being given up after two missing fences: see the machines' turn.
LED_AGAIN_S = 0.4
# A node that others need is missing until it is back. An agent that dies before its word costs the lease.
MISSING_S = DOWN_S + LED_AGAIN_S
NAMES: tuple[Who, ...] = ("witnesses", "standby", "primary")


@pytest.fixture(scope="module")
def all_points(tmp_path_factory: pytest.TempPathFactory) -> list[Point]:
    return points(tmp_path_factory.mktemp("survey"))


def test_a_failover_is_seen_act_by_act(all_points: list[Point]) -> None:
    assert {
        Point("witnesses", "tells", "decided", "after"),
        Point("witnesses", "sends", "Seal", "before"),
        Point("witnesses", "persists", "register", "after"),
        Point("witnesses", "sends", "Promote", "before"),
        Point("standby", "persists", "seal", "after"),
        Point("standby", "appends", "mark", "after"),
        Point("standby", "sends", "Reply", "before"),
        Point("standby", "does", "Redirect", "before"),
        Point("primary", "sends", "HandBack", "before"),
        Point("primary", "persists", "seal", "before"),
    } <= {*all_points}


@pytest.mark.parametrize("who", NAMES)
def test_whoever_dies_the_failover_is_finished(who: Who, all_points: list[Point], tmp_path: Path) -> None:
    where = [point for point in all_points if point.who == who]
    verdict, trials = died_at(where, tmp_path)
    failed = [finding for finding in verdict.findings if finding.judgement == "fail"]
    assert failed == []
    assert len(trials) == len(where)
    bound_s = LED_AGAIN_S if who == "witnesses" else MISSING_S
    # From the last good write to the next: of two strikes in a trial each counts by itself.
    gaps = {point: trial.outage_gap for point, trial in trials.items()}
    assert {point: gap for point, gap in gaps.items() if gap is None or _size(gap) > bound_s} == {}


def _size(gap: Figure) -> float:
    return float("inf") if gap.value is None else gap.value
