from __future__ import annotations

from targets.reference.machines.keeping import Keeping
from targets.reference.machines.words.grammar import AgentSaw, Answer, Keep
from targets.reference.machines.words.messages import Place, Ship, Shipped
from tests.targets.reference.machines.playbook import record

RESTS = AgentSaw("child rests", 2, "b", Place(2, 4))


def shipped(epoch: int, position: int) -> Answer:
    return Answer("v", Shipped("n2", "b", Place(epoch, position)))


def test_what_follows_is_kept_on_disk_before_it_is_answered_for() -> None:
    keeping, more = Keeping("n2", RESTS), (record(2, 5), record(2, 6))
    assert keeping.ship(Ship(2, Place(2, 4), more), "v") == [Keep(more), shipped(2, 6)]
    assert keeping.ship(Ship(2, Place(2, 6), (record(2, 7),)), "v") == [Keep((record(2, 7),)), shipped(2, 7)]


def test_what_leaves_a_gap_or_comes_again_is_answered_with_the_last_that_is_held() -> None:
    keeping = Keeping("n2", RESTS)
    assert keeping.ship(Ship(2, Place(2, 5), (record(2, 6),)), "v") == [shipped(2, 4)]
    assert keeping.ship(Ship(2, Place(1, 4), (record(2, 5),)), "v") == [shipped(2, 4)]


def test_a_question_is_answered() -> None:
    assert Keeping("n2", RESTS).ship(Ship(2, Place(2, 4), ()), "v") == [shipped(2, 4)]


def test_a_primary_of_an_older_epoch_is_not_listened_to() -> None:
    keeping = Keeping("n2", RESTS)
    assert keeping.ship(Ship(3, Place(9, 9), ()), "v") == [shipped(2, 4)]
    assert keeping.ship(Ship(2, Place(2, 4), (record(2, 5),)), "v") == []
