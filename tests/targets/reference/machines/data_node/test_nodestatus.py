from __future__ import annotations

from targets.reference.machines.data_node.primary.tenure import TIMER as LEASE
from targets.reference.machines.words.grammar import Append, Fired
from targets.reference.machines.words.messages import (
    AskStatus,
    Common,
    Follow,
    Member,
    Message,
    OrderAnswer,
    Place,
    Register,
    Rejoin,
    StatusAnswer,
    StreamAck,
    Write,
)
from targets.reference.machines.words.operating import NodeStatus, StandbyStatus, Tail
from tests.targets.reference.machines.playbook import A, B, Play, node, record, serving

V = Register(2, "n1", (A, B))


def status(play: Play) -> NodeStatus:
    play.hears("operator", AskStatus(4), via="o")
    (answer,) = play.said(StatusAnswer)
    assert answer.request == 4 and isinstance(answer.status, NodeStatus)
    return answer.status


def asked(play: Play, message: Message) -> OrderAnswer:
    (answer,) = play.hears("operator", message, via="o").said(OrderAnswer)
    return answer


def following(register: Register) -> Play:
    """n1 follows n2; its own log has one record that n2 lacks."""
    play = node(A, record(1, 1), record(1, 2)).shows(register)
    return play.hears("n2", Common(register.epoch, Place(1, 1), Place(1, 2)))


def test_a_primary_tells_its_epoch_lease_and_places() -> None:
    told = status(serving(V))
    assert (told.role, told.epoch, told.register) == ("primary", 2, V)
    assert told.last == told.durable == Place(2, 2) and told.acknowledged == 2
    assert 0 < told.lease_s <= 0.4 and told.waiting_writes == 0


def test_a_primary_without_its_lease_is_fenced_and_says_so() -> None:
    told = status(serving(V).when(Fired(LEASE), after_s=5.0))
    assert (told.role, told.lease_s) == ("fenced", 0.0)


def test_the_lag_of_a_standby_is_what_it_does_not_hold_durably() -> None:
    play = serving(V).hears("client", Write(1, "key", "value"), via="c")
    assert play.of(Append)
    (standby,) = status(play).standbys
    assert standby == StandbyStatus(
        node="n2", eligible=True, counts=True, held=2, lag_positions=1, lag_bytes=8, heard_ago_s=0.0
    )
    play.hears("n2", StreamAck(2, "n2", "b", Place(2, 3)))
    assert status(play).standbys[0].lag_positions == 0


def test_an_eligible_standby_that_does_not_follow_is_shown_as_never_heard() -> None:
    play = node(A, record(1, 1)).shows(Register(1, "n1", (A, B))).shows(Register(1, "n1", (A, B)))
    (standby,) = status(play).standbys
    assert (standby.node, standby.held, standby.heard_ago_s) == ("n2", 0, float("inf"))


def test_a_standby_that_comes_back_is_shown_though_it_is_not_eligible_yet() -> None:
    play = serving(Register(2, "n1", (A,))).hears("n2", Follow(2, "n2", "b", ()))
    assert [(one.node, one.eligible) for one in status(play).standbys] == [("n2", False)]


def test_a_tail_that_was_moved_aside_is_named_by_its_ends() -> None:
    (tail,) = status(following(Register(3, "n2", (B,)))).tails
    assert (tail.first, tail.last) == (Place(1, 2), Place(1, 2)) and "n2" in tail.reason
    assert isinstance(tail, Tail)


def test_a_standby_reads_the_register_again_when_it_is_asked_to_rejoin() -> None:
    play = node(A, record(1, 1)).shows(Register(3, "n2", (B,)))
    answer = asked(play, Rejoin(7))
    assert answer == OrderAnswer(7, True, "n1 asks n2, primary of epoch 3, again")
    assert play.sent_to(Follow) == ["n2"]


def test_a_standby_that_follows_says_whom() -> None:
    assert asked(following(Register(3, "n2", (B,))), Rejoin(7)).detail == "n1 follows n2, epoch 3"


def test_a_primary_has_nobody_to_follow() -> None:
    assert not asked(serving(V), Rejoin(7)).ok


def test_a_node_that_lost_its_store_says_what_to_do_instead_of_rejoining() -> None:
    other = Register(3, "n1", (Member("n1", "another store"),))
    play = node(A).shows(other)
    answer = asked(play, Rejoin(7))
    assert not answer.ok and "promote another node by hand" in answer.detail
    assert status(play).stands_aside == answer.detail and status(play).role == "starting"
