"""Polls of one Redis, and what a run hears of them: changes only, and never later than they were asked."""

from __future__ import annotations

from harness.clusterview import ClusterView
from harness.model.event import Event, HealthReported, MembershipChanged, PhaseReached, RoleChanged
from targets.redis_sentinel.nodeseen import UNNAMED_S, NodeSeen
from tests.targets.redis_sentinel.said import master, replica

R1 = RoleChanged(at_s=1.0, host="r1", role="primary", epoch=1)


def roles(events: list[Event]) -> list[tuple[str, int, float]]:
    return [(e.role, e.epoch, e.at_s) for e in events if isinstance(e, RoleChanged)]


def ready(events: list[Event]) -> list[bool]:
    return [e.ready for e in events if isinstance(e, HealthReported)]


def registers(events: list[Event]) -> list[tuple[str, ...]]:
    return [e.eligible for e in events if isinstance(e, MembershipChanged)]


def test_a_primary_says_its_role_its_register_and_that_it_is_ready_once() -> None:
    node = NodeSeen("r1")
    first = node.said(master(online="r2"), 1, 1.0)
    assert first == [
        R1,
        MembershipChanged(at_s=1.0, host="r1", epoch=1, primary="r1", eligible=("r1", "r2")),
        HealthReported(at_s=1.0, host="r1", ready=True, epoch=0),
    ]
    assert node.said(master(online="r2"), 1, 2.0) == []


def test_a_primary_whose_epoch_is_not_known_yet_is_told_of_with_its_first_word() -> None:
    node = NodeSeen("r2")
    assert roles(node.said(master("b", before="a"), 0, 5.0)) == []
    assert roles(node.said(master("b", before="a"), 2, 5.4)) == [("primary", 2, 5.0)]


def test_a_primary_that_is_named_anew_reigns_anew_from_then_on() -> None:
    node = NodeSeen("r1")
    node.said(master(), 1, 1.0)
    assert roles(node.said(master(), 5, 2.0)) == [("primary", 5, 2.0)]


def test_a_replica_is_a_standby_while_it_has_its_primary() -> None:
    node = NodeSeen("r2")
    first = node.said(replica(in_touch=False), 0, 1.0)
    assert (roles(first), ready(first)) == ([("starting", 0, 1.0)], [False])
    then = node.said(replica(), 0, 2.0)
    assert (roles(then), ready(then)) == ([("standby", 0, 2.0)], [True])


def test_who_follows_anew_has_rejoined() -> None:
    node = NodeSeen("r1")
    node.said(master(online="r2"), 1, 1.0)
    events = node.said(master(online="r2 r3"), 1, 2.0)
    assert registers(events) == [("r1", "r2", "r3")]
    assert [(e.phase, e.subject) for e in events if isinstance(e, PhaseReached)] == [("rejoined", "r3")]


def test_what_was_lost_says_everything_anew() -> None:
    """Its death may have been seen meanwhile: then nobody knows its role any more."""
    node = NodeSeen("r1")
    node.said(master(online="r2"), 1, 1.0)
    assert ready(node.lost(2.0, "refused")) == [False]
    assert node.lost(2.1, "refused") == []
    again = node.said(master("c", before="a", online="r2"), 1, 3.0)
    assert (roles(again), ready(again), registers(again)) == ([("primary", 1, 3.0)], [True], [("r1", "r2")])


def test_what_it_says_makes_a_cluster_that_serves() -> None:
    view = ClusterView()
    for event in (*NodeSeen("r1").said(master(online="r2"), 1, 1.0), *NodeSeen("r2").said(replica(), 0, 1.0)):
        view = view.seen(event)
    serving = view.serving()
    assert view.primary == "r1" and serving is not None and serving.eligible == ("r1", "r2")


BY_HAND = master("b", before="a")


def test_a_second_primary_that_nobody_names_is_told_of_in_the_epoch_of_the_first() -> None:
    node = NodeSeen("r2")
    node.said(replica(), 0, 1.0)
    assert roles(node.said(BY_HAND, 0, 2.0, elsewhere=3)) == []
    assert roles(node.said(BY_HAND, 0, 2.0 + UNNAMED_S, elsewhere=3)) == []
    assert roles(node.said(BY_HAND, 0, 2.1 + UNNAMED_S, elsewhere=3)) == [("primary", 3, 2.0)]
    assert roles(node.said(BY_HAND, 0, 9.0, elsewhere=3)) == []
    assert roles(node.said(replica(), 0, 12.0)) == [("standby", 0, 12.0)]


def test_one_that_is_a_replica_again_before_that_was_one_all_the_same() -> None:
    node = NodeSeen("r2")
    node.said(BY_HAND, 0, 2.0, elsewhere=3)
    assert roles(node.said(replica(), 0, 2.5)) == [("primary", 3, 2.0), ("standby", 0, 2.5)]


def test_one_that_a_sentinel_promoted_is_named_before_and_is_no_second_one() -> None:
    node = NodeSeen("r2")
    node.said(BY_HAND, 0, 2.0, elsewhere=3)
    assert roles(node.said(BY_HAND, 4, 3.0)) == [("primary", 4, 2.0)]


def test_one_beside_whom_there_is_no_other_primary_stays_unknown() -> None:
    """Its promoter may have died before it could name it; or it was started anew, and not promoted at all."""
    node = NodeSeen("r2")
    for at_s in (2.0, 30.0):
        assert roles(node.said(BY_HAND, 0, at_s)) == []
        assert roles(node.said(master("c"), 0, at_s, elsewhere=3)) == []
    assert roles(node.said(replica(), 0, 31.0)) == [("standby", 0, 31.0)]
