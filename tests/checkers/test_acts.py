"""Reigns and acts: who reigned when, and what should cost a primary its reign."""

from __future__ import annotations

import pytest
from msgspec import structs

from harness.checkers.acts import Act
from harness.model.fault import Cut, Kill, Link, Slow, Stop
from tests.checkers.journals import (
    Entries,
    cut_of,
    fault,
    killed,
    look,
    parted,
    paused,
    says,
    switched,
)

PRIMARY = says("n1", "primary", 1, at=0.0)


def acts(*entries: Entries) -> tuple[Act, ...]:
    return look(PRIMARY, *entries).acts


def strikes(*entries: Entries) -> list[bool]:
    return [act.strikes for act in acts(*entries)]


def test_an_act_knows_whom_it_found_in_office() -> None:
    (first, second) = acts(
        killed("n1", at=1.0, until=2.0), says("n2", "primary", 2, at=1.5), killed("n2", at=3.0, name="t1.s2")
    )
    assert [(a.primary, a.epoch) for a in (first, second)] == [("n1", 1), ("n2", 2)]


@pytest.mark.parametrize("host", ["n1", "n2", "w1", "router"])
def test_a_kill_strikes_when_it_hits_the_primary(host: str) -> None:
    assert strikes(killed(host, at=1.0)) == [host == "n1"]


def test_a_pause_and_a_stop_strike_the_primary_too() -> None:
    assert strikes(paused("n1", at=1.0)) == [True]
    assert strikes(fault(Stop("n1", "host"), at=1.0)) == [True]


def test_a_cut_strikes_when_the_primary_loses_a_majority_of_the_witnesses() -> None:
    assert strikes(parted("n1", at=1.0)) == [True]
    assert strikes(fault(Cut(cut_of("n1", "w1 w2"), "drop"), at=1.0)) == [True]
    assert strikes(fault(Cut(cut_of("n1", "w1 n2"), "drop"), at=1.0)) == [False]


def test_one_lost_direction_is_enough() -> None:
    one_way = tuple(Link("n1", witness) for witness in ("w1", "w2"))
    assert strikes(fault(Cut(one_way, "drop"), at=1.0)) == [True]


def test_a_second_cut_strikes_when_both_together_cut_it_off() -> None:
    first = fault(Cut(cut_of("n1", "w1"), "drop"), at=1.0)
    second = fault(Cut(cut_of("n1", "w2"), "drop"), at=2.0, name="t1.s2")
    assert strikes(first, second) == [False, True]


def test_not_when_the_first_was_over_by_then() -> None:
    first = fault(Cut(cut_of("n1", "w1"), "drop"), at=1.0, until=1.5)
    second = fault(Cut(cut_of("n1", "w2"), "drop"), at=2.0, name="t1.s2")
    assert strikes(first, second) == [False, False]


def test_not_again_when_it_was_cut_off_already() -> None:
    assert strikes(parted("n1", at=1.0), fault(Cut(cut_of("n1", "w3"), "drop"), at=2.0, name="t1.s2")) == [
        True,
        False,
    ]


def test_a_slow_link_never_strikes() -> None:
    assert strikes(fault(Slow(cut_of("n1"), 10.0, 0.0), at=1.0)) == [False]


def test_a_switchover_strikes_when_it_was_accepted() -> None:
    assert strikes(switched(at=1.0)) == [True]
    assert acts(switched(at=1.0, ok=False)) == ()


def test_one_that_begins_as_another_ends_finds_it_over() -> None:
    first = fault(Cut(cut_of("n1", "w1"), "drop"), at=1.0, until=1.998)
    second = fault(Cut(cut_of("n1", "w2"), "drop"), at=2.0, name="t1.s2")
    assert strikes(first, second) == [False, False]


def test_who_took_office_at_that_very_moment_is_in_office() -> None:
    (act,) = acts(says("n2", "primary", 2, at=1.0), killed("n2", at=1.0))
    assert (act.primary, act.strikes) == ("n2", True)


def test_where_nobody_was_primary_nothing_strikes_it() -> None:
    seen = look(killed("w1", at=1.0), fault(Kill("w2", "host"), at=2.0, name="t1.s2"))
    assert [(act.strikes, act.primary, act.epoch) for act in seen.acts] == [(False, "", 0)] * 2


def test_times_count_from_the_first_act_that_strikes_else_from_the_first() -> None:
    both = look(PRIMARY, killed("w1", at=1.0), killed("n1", at=2.0, name="t1.s2"))
    assert both.main is not None
    assert both.main.before_s == 2.0
    one = look(PRIMARY, killed("w1", at=1.0), killed("w2", at=2.0, name="t1.s2"))
    assert one.main is not None
    assert one.main.before_s == 2.0  # without two of three witnesses it loses its lease as well
    none = look(PRIMARY, killed("w1", at=1.0), killed("router", at=2.0, name="t1.s2"))
    assert none.main is not None
    assert none.main.before_s == 1.0


def test_an_order_counts_from_the_moment_in_which_it_was_given() -> None:
    """Its answer, which may take seconds, is part of what is measured, and no error of it."""
    (order,) = acts(structs.replace(switched(at=1.0), after_s=4.0))
    assert (order.before_s, order.after_s, order.answered_s) == (1.0, 1.0, 4.0)
    (fault_act,) = acts(killed("n1", at=1.0))
    assert fault_act.after_s > fault_act.before_s
    assert fault_act.answered_s is None


def test_of_two_who_claim_one_epoch_the_first_reigns() -> None:
    """The second one was made primary by hand."""
    (act,) = acts(says("n2", "primary", 1, at=0.5), killed("n2", at=1.0))
    assert (act.primary, act.strikes) == ("n1", False)
