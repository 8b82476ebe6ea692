from __future__ import annotations

from targets.reference.machines.words.grammar import Answer, Effects, Send, Tell
from targets.reference.machines.words.messages import (
    Fence,
    Granted,
    HandBack,
    Heartbeat,
    LeaseOver,
    Place,
    PromoteOrder,
    Vote,
)
from tests.targets.reference.truth.stage import Stage

LEASE_S = Stage().settings.granted_lease_s


def grant(stage: Stage, witness: str, epoch: int, node: str) -> None:
    beat = Heartbeat(epoch, node, stage.now_s, Place())
    stage.witness(witness, beat, [Answer("c1", Granted(epoch, node, stage.now_s))])


def test_two_nodes_that_serve_at_once_are_seen() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    one = stage.primary("n1", 1)
    stage.turn(one)
    stage.chosen(2, "n2", by="n1")
    stage.turn(stage.primary("n2", 2))
    assert "two-deciders" in stage.broken


def test_a_dead_node_decides_nothing() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    one = stage.primary("n1", 1)
    stage.turn(one)
    one[0].alive = False
    stage.chosen(2, "n2", by="n1")
    stage.turn(stage.primary("n2", 2))
    assert stage.broken == []


def test_a_grant_beside_an_unexpired_one_is_seen() -> None:
    stage = Stage()
    grant(stage, "w1", 1, "n1")
    stage.now_s = LEASE_S - 0.01
    grant(stage, "w1", 2, "n2")
    assert stage.broken == ["double-grant"]


def test_a_grant_after_the_old_one_has_run_out_or_was_handed_back_is_right() -> None:
    stage = Stage()
    grant(stage, "w1", 1, "n1")
    stage.now_s = LEASE_S + 0.01
    grant(stage, "w1", 2, "n2")
    stage.witness("w1", HandBack(2, "n2"), [])
    grant(stage, "w1", 3, "n1")
    grant(stage, "w1", 4, "n1")
    assert stage.broken == []


def test_a_lease_that_no_majority_gave_is_seen() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    grant(stage, "w1", 1, "n1")
    actor = stage.primary("n1", 1)
    stage.turn(actor, Granted(1, "n1", 0.0))
    assert stage.broken == ["lease-outlived"]


def test_a_lease_that_a_majority_gave_is_right_until_one_takes_it_back() -> None:
    stage = Stage()
    stage.chosen(1, "n1")
    for witness in ("w1", "w2"):
        grant(stage, witness, 1, "n1")
    stage.turn(stage.primary("n1", 1), Granted(1, "n1", 0.0))
    assert stage.broken == []
    stage.witness("w2", HandBack(1, "n1"), [])
    assert stage.broken == ["lease-outlived"]


def test_one_witness_that_decides_alone_is_seen() -> None:
    stage = Stage()
    decided = Tell("decided", 1, "n1")
    stage.witness("w1", Fence(1, "n1", ("w1",)), [Send("w2", Vote(1, "n1", "")), decided])
    assert stage.broken == ["too-few-votes"]
    stage.witness("w2", Fence(1, "n1", ("w1",)), [Send("w1", Vote(1, "n1", "")), decided])
    assert stage.broken == ["too-few-votes"]


def test_a_reign_that_is_named_as_fenced_and_lives_is_seen() -> None:
    for lives in (True, False):
        stage = Stage()
        stage.chosen(1, "n1")
        actor = stage.primary("n1", 1)
        stage.turn(actor)
        actor[0].alive = lives
        stage.chosen(1, "n1", fenced=((1, "n1"),))
        assert stage.broken == (["fenced-lives"] if lives else [])


def test_a_grant_to_a_fenced_reign_is_in_nobodys_way() -> None:
    stage = Stage()
    grant(stage, "w1", 1, "n1")
    stage.chosen(1, "n1", fenced=((1, "n1"),))
    grant(stage, "w1", 2, "n2")
    assert stage.broken == []


def test_an_operators_order_stands_for_the_votes_of_that_reign_alone() -> None:
    stage = Stage()
    order = PromoteOrder(1, 1, "n1", "n2", forced=False, by="anna")
    stage.witness("w1", order, [Tell("decided", 1, "n1")])
    assert stage.broken == []
    stage.witness("w1", order, [Tell("decided", 2, "n2")])
    assert stage.broken == ["too-few-votes"]


def test_a_witness_that_calls_its_grant_over_too_early_is_seen() -> None:
    stage = Stage()
    grant(stage, "w1", 1, "n1")
    over: Effects = [Send("w2", LeaseOver(1, "n1"))]
    stage.now_s = LEASE_S - 0.01
    stage.witness("w1", Fence(1, "n1", ()), over)
    assert stage.broken == ["unfenced-failover"]
    stage.now_s = LEASE_S
    stage.witness("w1", Fence(1, "n1", ()), over)
    assert stage.broken == ["unfenced-failover"]


def test_a_coordinator_that_does_not_wait_for_a_majority_to_say_so_is_seen() -> None:
    stage = Stage()
    over = Tell("lease_over", 1, "n1")
    stage.witness("w1", Fence(1, "n1", ()), [Send("w3", LeaseOver(1, "n1"))])
    stage.witness("w3", Fence(1, "n1", ()), [over])
    assert stage.broken == ["unfenced-failover"]
    stage.witness("w2", Fence(1, "n1", ()), [Send("w3", LeaseOver(1, "n1"))])
    stage.witness("w3", Fence(1, "n1", ()), [over])
    assert stage.broken == ["unfenced-failover"]
