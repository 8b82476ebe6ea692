"""What people hear of an attempt."""

from __future__ import annotations

import pytest

from targets.reference.machines.failover.attempt import Attempt, Order, Step
from targets.reference.machines.failover.sealing import Heard, Sealing
from targets.reference.machines.words.messages import Member
from tests.targets.reference.machines.playbook import SETTINGS, B

BY_VOTES = Attempt((1, "n1"), ("w1", "w2"))
NOBODY, N2 = Sealing(SETTINGS, ()), Sealing(SETTINGS, (B,))


def ordered(to: str, *, forced: bool = False) -> Attempt:
    return Attempt((1, "n1"), order=Order(to, forced, "ann"))


def late(attempt: Attempt, step: Step) -> str:
    return attempt.late(step, N2, Heard(), "n2", SETTINGS)


def test_it_says_who_wanted_it() -> None:
    assert BY_VOTES.why == "votes of w1, w2"
    assert ordered("n2").why == "ordered by ann: n2"
    assert ordered("n2", forced=True).why == "forced, ordered by ann: n2"


def test_without_an_eligible_standby_only_a_forced_order_goes_on() -> None:
    assert BY_VOTES.wanting(NOBODY) and not BY_VOTES.wanting(N2)
    assert "n2 is not eligible" in ordered("n2").wanting(NOBODY) and not ordered("n2").wanting(N2)
    assert not ordered("n2", forced=True).wanting(NOBODY)


def test_only_a_forced_order_names_one_that_may_lack_something() -> None:
    assert (BY_VOTES.forced, ordered("n2").forced, ordered("n2", forced=True).forced) == ("", "", "n2")


@pytest.mark.parametrize("step", ["reaching", "fencing", "sealing", "hinting"])
def test_what_was_waited_for_too_long_is_named_and_an_order_names_its_node(step: Step) -> None:
    assert late(BY_VOTES, step)
    assert late(ordered("n2"), step) == f"n2: {late(BY_VOTES, step)}"


def test_the_register_alone_has_no_cause_of_its_own() -> None:
    assert not late(BY_VOTES, "moving") and not late(ordered("n2"), "confirming")


def test_in_async_mode_the_nearest_one_may_be_too_far_behind() -> None:
    there = Sealing(SETTINGS, (B,))
    there.here(Member("n2", B.identity), Heard().last)
    assert "max_lag" in BY_VOTES.late("reaching", there, Heard(), "", SETTINGS)
