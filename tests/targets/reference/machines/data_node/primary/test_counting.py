"""Who counts: k of n, what a change of `eligible` must keep true, and what each left-out rule costs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from targets.reference.defects import (
    ACK_BY_THE_OLD_VIEW,
    INELIGIBLE_COUNTS,
    MIN_STANDBYS_IGNORED,
    REMOVAL_WITHOUT_THE_REST,
    RETURN_WITHOUT_VERIFYING,
    UNKNOWN_CHANGE_TAKEN_FOR_DONE,
)
from targets.reference.machines.data_node.primary.counting import Counting
from targets.reference.machines.words.messages import Member, Register
from tests.targets.reference.machines.playbook import SETTINGS, A, B

C, D = Member("n3", "c"), Member("n4", "d")
MARK, LAST = 2, 10


def of(*members: Member) -> Register:
    return Register(2, "n1", (A, *members))


class Given:
    """n1 holds everything up to LAST; the others hold what the test says, and all of them follow."""

    def __init__(
        self, register: Register, held: dict[Member, int], *, defect: str = "", **words: Any
    ) -> None:
        self.held = held
        self.counting = Counting(
            msgspec.structs.replace(SETTINGS, **words),
            register,
            mark=MARK,
            held=lambda member: self.held.get(member, 0),
            following=lambda: [*self.held],
            defects=frozenset({defect} if defect else ()),
        )
        self.counting.durable = LAST

    @property
    def reachable(self) -> int:
        return self.counting.reachable()

    def candidate(self, now_s: float = 0.0) -> Register | None:
        return self.counting.candidate(now_s, LAST)


# --- k of n ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("k", "reachable"), [(1, 9), (2, 7), (3, 4), (0, 4), (4, 4)])
def test_k_of_the_eligible_standbys_are_enough(k: int, reachable: int) -> None:
    assert Given(of(B, C, D), {B: 4, C: 9, D: 7}, sync_standbys=k).reachable == reachable


def test_with_fewer_eligible_than_k_all_of_them_are_needed() -> None:
    assert Given(of(B), {B: 4}, sync_standbys=2).reachable == 4


def test_own_fsync_is_awaited_with_k_of_n_too() -> None:
    given = Given(of(B, C), {B: 9, C: 9}, sync_standbys=1)
    given.counting.durable = 5
    assert given.reachable == 5


def test_nothing_inherited_counts_before_the_mark_does() -> None:
    assert Given(of(B, C), {B: 1, C: 1}, sync_standbys=1).reachable == 0


def test_a_standby_that_is_not_eligible_does_not_count() -> None:
    """Own fsync not awaited, the other half: what only an ineligible one holds, nobody seals."""
    held = {B: 3, C: 10}
    assert Given(of(B), held).reachable == 3
    assert Given(of(B), held, defect=INELIGIBLE_COUNTS).reachable == 10


def test_fewer_than_min_standbys_acknowledge_nothing() -> None:
    assert Given(of(B), {B: 9}, min_standbys=2).reachable == 0
    assert Given(of(B, C), {B: 9, C: 8}, min_standbys=2).reachable == 8
    assert Given(of(), {}, min_standbys=1).reachable == 0
    assert Given(of(), {}, min_standbys=1, defect=MIN_STANDBYS_IGNORED).reachable == LAST


def test_those_that_are_waited_for_are_named_and_no_others() -> None:
    given = Given(of(B, C, D), {B: 4, C: 9, D: 7}, sync_standbys=2)
    given.counting.acknowledged = 7
    assert given.counting.waited_for() == ("n2", "n4")
    given.held |= {B: 8}
    assert given.counting.waited_for() == ()


# --- while a change is unresolved -----------------------------------------------------------------


def test_the_rule_of_the_old_set_and_of_the_new_one_must_be_met() -> None:
    given = Given(of(B, C), {B: 9, C: 4})
    given.counting.proposed(of(B))
    assert given.reachable == 4
    given.counting.resolved(of(B))
    assert given.reachable == 9


def test_an_unknown_change_is_not_taken_for_done() -> None:
    """Unknown degrade taken for done: the register still says B, who is promoted without it."""
    for defect, reachable in (("", 4), (UNKNOWN_CHANGE_TAKEN_FOR_DONE, 10)):
        given = Given(of(B), {B: 4}, defect=defect, replication="semi-sync")
        given.counting.proposed(of())
        assert given.reachable == reachable


def test_one_that_returns_is_waited_for_whatever_k_says() -> None:
    """Acknowledging by the old view while returning."""
    for defect, reachable in (("", 5), (ACK_BY_THE_OLD_VIEW, 9)):
        given = Given(of(B), {B: 9, C: 5}, sync_standbys=1, defect=defect)
        assert given.candidate() is None
        assert given.reachable == reachable


def test_after_a_return_is_shown_not_to_be_in_force_it_is_still_waited_for() -> None:
    given = Given(of(), {B: 10})
    assert given.candidate() == of(B)
    given.counting.proposed(of(B))
    given.counting.resolved(of())
    given.held[B] = 6
    assert given.reachable == 6


# --- coming back ----------------------------------------------------------------------------------


def test_nobody_comes_while_all_who_follow_are_eligible() -> None:
    given = Given(of(B), {B: 4})
    seen = [given.counting.nobody_comes]
    given.held[C] = 4
    given.counting.forget_the_gone()
    seen.append(given.counting.nobody_comes)
    given.counting.resolved(of(B, C))
    assert [*seen, given.counting.nobody_comes] == [True, False, True]


def test_who_is_waited_for_comes_until_it_follows_no_more() -> None:
    given = Given(of(B), {B: 4, C: LAST})
    assert given.candidate() == of(B, C)
    del given.held[C]
    seen = [given.counting.nobody_comes]
    given.counting.forget_the_gone()
    assert [*seen, given.counting.nobody_comes] == [False, True]


def test_a_return_waits_until_it_holds_inherited_and_shown_records_too() -> None:
    """Return checks only one's own acknowledgements; return ignores what reads have shown."""
    for defect, comes in (("", None), (RETURN_WITHOUT_VERIFYING, of(B))):
        assert Given(of(), {B: LAST - 1}, defect=defect).candidate() == comes


def test_one_that_stalls_while_it_returns_is_given_up_for_a_while() -> None:
    """It answers, its disk does not: every write would wait for it."""
    given = Given(of(), {B: 8})
    given.candidate()
    assert given.reachable == 8
    given.counting.give_up_stalled(0.4, after_s=0.4)
    assert given.reachable == 8
    given.counting.give_up_stalled(0.41, after_s=0.4)
    assert given.reachable == LAST
    given.candidate(1.0)
    assert given.reachable == LAST
    given.candidate(1.5)
    assert given.reachable == 8


def test_one_whose_change_is_under_way_is_never_given_up() -> None:
    given = Given(of(), {B: 10})
    given.counting.proposed(given.candidate() or of())
    given.held[B] = 7
    given.counting.give_up_stalled(9.0, after_s=0.4)
    assert given.reachable == 7


# --- leaving --------------------------------------------------------------------------------------


def test_the_last_standby_may_leave_when_the_primary_holds_everything() -> None:
    assert Given(of(B), {}).counting.without(0.0, [B]) == of()
    given = Given(of(B), {})
    given.counting.durable = MARK - 1
    assert given.counting.without(0.0, [B]) is None


def test_a_dead_standby_leaves_only_once_the_rest_holds_what_is_acknowledged() -> None:
    """With k < n it may be the only one that holds it."""
    given = Given(of(B, C), {C: 5}, sync_standbys=1)
    given.counting.acknowledged = 7
    assert given.counting.without(0.0, [B]) is None
    given.held[C] = 7
    assert given.counting.without(0.0, [B]) == of(C)
    hasty = Given(of(B, C), {C: 5}, sync_standbys=1, defect=REMOVAL_WITHOUT_THE_REST)
    hasty.counting.acknowledged = 7
    assert hasty.counting.without(0.0, [B]) == of(C)


def test_what_is_inherited_may_have_been_acknowledged_and_is_held_before_one_leaves() -> None:
    given = Given(of(B, C), {C: MARK - 1}, sync_standbys=1)
    assert given.counting.without(0.0, [B]) is None
    given.held[C] = MARK
    assert given.counting.without(0.0, [B]) == of(C)


def test_nobody_leaves_below_min_standbys() -> None:
    assert Given(of(B), {}, min_standbys=1).counting.without(0.0, [B]) is None


def test_who_left_does_not_come_back_at_once() -> None:
    given = Given(of(B), {B: LAST})
    given.counting.proposed(given.counting.without(0.0, [B]) or of(B))
    given.counting.resolved(of())
    assert given.candidate(0.5) is None
    assert given.candidate(1.1) == of(B)


def test_those_that_lag_are_the_ones_the_next_position_waits_for() -> None:
    given = Given(of(B, C), {B: 9, C: 4})
    given.counting.acknowledged = 4
    assert given.counting.lagging() == (C,)
    given.counting.durable = 4
    assert given.counting.lagging() == (), "the own disk is waited for as well"


def test_one_change_at_a_time() -> None:
    given = Given(of(B, C), {B: 9})
    given.counting.proposed(of(B))
    assert given.counting.without(0.0, [C]) is None
