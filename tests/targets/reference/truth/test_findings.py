from __future__ import annotations

from typing import get_args

from targets.reference.machines.words.messages import Read
from targets.reference.truth.findings import INVARIANTS, Invariant
from tests.targets.reference.truth.stage import Stage


def test_every_invariant_says_what_must_hold() -> None:
    assert list(INVARIANTS) == list(get_args(Invariant))


def test_a_violation_says_when_by_whom_and_what() -> None:
    stage = Stage()
    stage.now_s = 1.5
    stage.turn(stage.primary("n1", 1, leased=False), Read(1, "k"))
    assert str(stage.told[0]) == "1.500000 unchosen-reign: n1 reigns in 1, which nothing has chosen"
    assert stage.told[0].host == "n1" and stage.truth.violations == stage.told


def test_a_protocol_that_is_broken_over_and_over_fills_no_memory() -> None:
    stage = Stage()
    for _ in range(300):
        stage.turn(stage.primary("n1", 1, leased=False), Read(1, "k"))
    assert 50 < len(stage.truth.violations) < 200
