from __future__ import annotations

from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import Began
from targets.reference.machines.words.messages import Heartbeat, Place
from targets.reference.settings import Settings
from tests.targets.reference.truth.stage import Chair, Stage, records

LOG = records(1, "", "a", "b", "c")


def heard(*witnesses: str, holds: int, max_lag: int = 1) -> Stage:
    """n1 told them of its whole log; n2 holds so much of it."""
    stage = Stage(Settings(replication="async", max_lag=max_lag), n1=LOG, n2=LOG[:holds])
    stage.chosen(1, "n1")
    for witness in witnesses:
        stage.witness(witness, Heartbeat(1, "n1", 0.0, Place(1, 4), opened=1), [])
    return stage


def test_who_takes_over_and_lacks_more_than_max_lag_is_seen() -> None:
    stage = heard("w1", "w2", holds=2)
    stage.chosen(2, "n2")
    assert stage.broken == ["too-far-promoted"]


def test_who_lacks_no_more_may_take_over() -> None:
    stage = heard("w1", "w2", holds=3)
    stage.chosen(2, "n2")
    assert stage.broken == []


def test_what_only_one_witness_heard_may_be_unknown_to_those_who_decide() -> None:
    stage = heard("w3", holds=0)
    stage.chosen(2, "n2")
    assert stage.broken == []


def test_without_a_limit_nothing_is_too_far() -> None:
    stage = heard("w1", "w2", "w3", holds=0, max_lag=0)
    stage.chosen(2, "n2")
    assert stage.broken == []


def test_what_restarted_witnesses_had_heard_they_have_forgotten() -> None:
    stage = heard("w1", "w2", holds=2)
    machine = Witness("w2", stage.settings, None, 2)
    stage.truth.handled(Chair(stage, "w2"), machine, Began(), [])
    stage.chosen(2, "n2")
    assert stage.broken == []
