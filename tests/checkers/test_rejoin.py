"""Rejoin: from the end of the fault until the cluster's own words count its victim in."""

from __future__ import annotations

from harness.checkers import rejoin
from harness.model.event import Stalled
from harness.model.fault import Slow
from harness.model.verdict import Figure
from harness.reach import Hosts
from tests.checkers.journals import (
    Entries,
    cut_of,
    ends,
    fault,
    killed,
    look,
    parted,
    plan,
    register,
    says,
    stalled,
    switched,
)

BEGIN: list[Entries] = [
    says("n1", "primary", 1, at=0.0),
    says("n2", "standby", 1, at=0.0),
    register("n1", 1, at=0.0),
]
TAKEN_OVER: list[Entries] = [says("n2", "primary", 2, at=1.5), register("n2", 2, at=1.5)]
KILLED = killed("n1", at=1.0, until=3.0)
HOSTS = Hosts.of(plan().hosts)


def measured(*entries: Entries, stalls: tuple[Stalled, ...] = ()) -> Figure | None:
    return rejoin.check(look(BEGIN, *entries), HOSTS, stalls)


def test_it_counts_from_the_healing_to_the_last_word_that_was_missing() -> None:
    assert ends(measured(KILLED, TAKEN_OVER, says("n1", "standby", 2, at=3.5))) == (0.498, 0.499, 0.5)


def test_being_up_is_not_enough_while_the_register_leaves_it_out() -> None:
    left_out: list[Entries] = [says("n2", "primary", 2, at=1.5), register("n2", 2, at=1.5, eligible="n2")]
    back: list[Entries] = [says("n1", "standby", 2, at=3.5), register("n2", 2, at=4.0)]
    assert ends(measured(KILLED, left_out, back))[1] == 0.999


def test_words_may_arrive_in_any_order() -> None:
    assert ends(measured(KILLED, says("n1", "standby", 2, at=3.5), TAKEN_OVER))[1] == 0.499


def test_what_it_said_before_its_death_is_not_its_return() -> None:
    assert ends(measured(KILLED, TAKEN_OVER)) == (95.998, None, None)


def test_a_word_spoken_while_the_kill_was_under_way_is_not_its_return_either() -> None:
    last_word = says("n1", "primary", 1, at=1.001)
    assert measured(KILLED, last_word, TAKEN_OVER, register("n2", 2, at=3.1)) == measured(
        KILLED, TAKEN_OVER, register("n2", 2, at=3.1)
    )


def test_a_primary_that_was_cut_off_rejoins_once_it_follows() -> None:
    cut = parted("n1", at=1.0, until=3.0)
    assert ends(measured(cut, TAKEN_OVER, says("n1", "standby", 2, at=3.2)))[1] == 0.199


def test_an_old_primary_that_has_not_yet_learned_of_the_new_one_is_not_back() -> None:
    cut = parted("n1", at=1.0, until=3.0)
    assert ends(measured(cut, TAKEN_OVER)) == (95.998, None, None)


def test_a_stall_of_the_harness_widens_the_lower_end() -> None:
    back = says("n1", "standby", 2, at=3.5)
    assert ends(measured(KILLED, TAKEN_OVER, back, stalls=(stalled(3.1, 3.2),))) == (0.398, 0.499, 0.5)
    assert ends(measured(KILLED, TAKEN_OVER, back, stalls=(stalled(4.1, 4.2),))) == (0.498, 0.499, 0.5)


def test_a_fault_that_was_not_seen_to_end_has_no_rejoin() -> None:
    assert measured(killed("n1", at=1.0), TAKEN_OVER) is None


def test_neither_has_one_without_a_data_node_for_a_victim() -> None:
    assert measured(killed("w1", at=1.0, until=2.0)) is None
    assert measured(fault(Slow(cut_of("n1"), 0.1, 0.0), at=1.0, until=2.0)) is None
    assert measured(switched(at=1.0)) is None
    assert measured() is None
