"""Whose reign an operation belongs to, when only the nodes' words tell."""

from __future__ import annotations

from harness.checkers.attribution import POLL_LIMIT_S, attributed
from harness.model.event import NodeRole, Returned, RoleChanged


def said(at_s: float, host: str, role: NodeRole, epoch: int = 0) -> RoleChanged:
    return RoleChanged(at_s=at_s, host=host, role=role, epoch=epoch)


def op(call_s: float, node: str = "a", epoch: int = 0) -> Returned:
    return Returned(
        trial=1,
        client="client1",
        kind="write",
        key="k1",
        value="v",
        outcome="ok",
        scheduled_s=call_s,
        call_s=call_s,
        ret_s=call_s + 0.01,
        node=node,
        epoch=epoch,
    )


THERE_AND_BACK = (
    said(1.0, "a", "primary", 1),
    said(5.0, "a", "standby"),
    said(9.0, "a", "primary", 3),
    said(4.0, "b", "primary", 2),
)


def epoch_of(operation: Returned, *words: RoleChanged) -> int:
    *_, last = attributed([*(words or THERE_AND_BACK), operation])
    assert isinstance(last, Returned)
    return last.epoch


def test_before_the_node_was_a_standby_it_is_the_reign_that_ended_then() -> None:
    assert epoch_of(op(3.0)) == 1
    assert epoch_of(op(4.9)) == 1


def test_served_before_anybody_saw_the_promotion_it_is_the_reign_that_was_seen_next() -> None:
    assert epoch_of(op(8.9)) == 3
    assert epoch_of(op(3.9, "b")) == 2


def test_close_to_the_end_of_a_reign_it_may_be_either_so_it_is_unknown() -> None:
    assert epoch_of(op(5.0 + POLL_LIMIT_S / 2)) == 0


def test_after_the_last_reign_that_was_seen_nothing_is_known() -> None:
    assert epoch_of(op(8.0), *THERE_AND_BACK[:2]) == 0


def test_a_node_that_comes_back_as_primary_goes_on_in_its_reign() -> None:
    words = (said(1.0, "a", "primary", 1), said(3.0, "a", "down"), said(6.0, "a", "primary", 1))
    assert epoch_of(op(6.5), *words) == 1


def test_what_tells_its_epoch_or_no_node_is_left_as_it_is() -> None:
    assert epoch_of(op(3.0, epoch=7)) == 7
    assert epoch_of(op(3.0, node="")) == 0
    assert epoch_of(op(3.0, node="c")) == 0


def test_who_is_primary_and_takes_a_new_epoch_begins_a_new_reign() -> None:
    words = (said(1.0, "a", "primary", 1), said(5.0, "a", "primary", 4))
    assert epoch_of(op(4.0), *words) == 1
    assert epoch_of(op(5.0 + POLL_LIMIT_S / 2), *words) == 0
    assert epoch_of(op(9.0), *words) == 4
