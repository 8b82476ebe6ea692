from __future__ import annotations

from harness.checkers import invariants
from harness.model.event import Violated, Watched
from harness.model.journal import TrialBegan

WATCHED = Watched(at_s=0.0, invariants=("one", "two"))
BROKEN = Violated(at_s=2.0, host="n1", invariant="one", detail="n1 and n2 can decide at once")


def test_where_nobody_watched_nothing_is_said() -> None:
    assert invariants.check([TrialBegan(trial=1, at_s=0.0, primary="n1")]) == []


def test_what_was_watched_and_held_passes() -> None:
    (finding,) = invariants.check([WATCHED])
    assert (finding.judgement, finding.measured) == ("pass", "0 of 2 broken")


def test_what_broke_fails_with_its_moment_and_its_trial() -> None:
    trials = [TrialBegan(trial=number, at_s=0.0, primary="n1") for number in (1, 2)]
    (finding,) = invariants.check([WATCHED, *trials, BROKEN, BROKEN])
    assert (finding.judgement, finding.measured, finding.trial) == ("fail", "1 of 2 broken: one", 2)
    assert finding.evidence[0] == "2.000 s: one: n1 and n2 can decide at once"
