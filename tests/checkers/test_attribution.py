"""Whose reign an operation belongs to, when only the nodes' words tell."""

from __future__ import annotations

from harness.checkers.attribution import POLL_LIMIT_S, attributed, with_second_reigns
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


BY_HAND = (
    said(1.0, "a", "primary", 1),
    said(1.0, "b", "standby"),
    said(5.0, "b", "primary", 1),
    said(9.0, "b", "standby"),
)


def second_epoch(operation: Returned, *words: RoleChanged) -> int:
    *_, last = with_second_reigns([*(words or BY_HAND), operation])
    assert isinstance(last, Returned)
    return last.epoch


def test_what_a_second_primary_of_an_epoch_served_was_served_in_it() -> None:
    assert second_epoch(op(6.0, "b")) == 1
    assert second_epoch(op(6.0, "b", epoch=7)) == 7


def test_outside_of_its_words_nothing_is_said_and_of_the_first_one_neither() -> None:
    assert [second_epoch(op(call_s, "b")) for call_s in (4.9, 9.1)] == [0, 0]
    assert second_epoch(op(6.0, "a")) == 0


def test_a_second_primary_that_is_named_anew_may_have_been_so_before_it_was_seen() -> None:
    """Its words come late: what it served last in the old epoch may belong to the new one."""
    named = (*BY_HAND[:3], said(9.0, "b", "primary", 2))
    assert second_epoch(op(8.9, "b"), *named) == 0


def test_who_is_promoted_though_it_is_primary_has_no_old_reign_because_its_word_comes_late() -> None:
    """It was seen 0.2 s after its clients: an epoch too old would make it an old primary."""
    words = (said(1.0, "a", "primary", 1), said(2.0, "b", "primary", 2), said(9.0, "a", "primary", 5))
    assert second_epoch(op(8.9, "a"), *words) == 0
