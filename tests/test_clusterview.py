"""What the events so far say about the cluster, in whatever order they arrive."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clusterview import ClusterView
from harness.model.event import Applied, Event, Healed, HealthReported, LoadStopped, MembershipChanged
from harness.model.fault import Crash, Cut, Fault, Kill, Pause, PowerOff, Stop
from harness.model.moment import Moment
from harness.reach import Hosts
from tests.checkers.journals import cut_of, plan, says

# In force: it struck n1.
DEAD = Crash(Moment(act="sends", what="Seal", hosts=("n1",)), "before", "n1")


HOSTS = Hosts.of(plan().hosts)


def view(*events: Event) -> ClusterView:
    seen = ClusterView()
    for event in events:
        seen = seen.seen(event)
    return seen


def register(
    primary: str, epoch: int, *, at: float, by: str = "w1", eligible: str = "n1 n2"
) -> MembershipChanged:
    return MembershipChanged(at_s=at, host=by, epoch=epoch, primary=primary, eligible=tuple(eligible.split()))


def health(host: str, *, at: float, ready: bool = True) -> HealthReported:
    return HealthReported(at_s=at, host=host, ready=ready, epoch=1)


def applied(fault: Fault, *, at: float, name: str = "f") -> Applied:
    return Applied(fault_id=name, fault=fault, before_s=at, after_s=at + 0.01, evidence=())


def healed(name: str = "f", *, at: float) -> Healed:
    return Healed(fault_id=name, before_s=at, after_s=at, evidence=())


STEADY: list[Event] = [
    says("n1", "primary", 1, at=0),
    says("n2", "standby", 1, at=0),
    register("n1", 1, at=0),
]


def test_the_newest_stamp_of_a_host_wins_whatever_came_last() -> None:
    late = view(says("n1", "standby", 2, at=5), says("n1", "primary", 1, at=1))
    assert late.role_of("n1") == "standby"


def test_of_equal_stamps_the_one_that_came_last_wins() -> None:
    assert view(says("n1", "starting", 1, at=1), says("n1", "primary", 1, at=1)).role_of("n1") == "primary"


@given(st.permutations([*STEADY, says("n1", "down", 1, at=2), says("n2", "primary", 2, at=3)]))
def test_order_of_arrival_does_not_matter(events: list[Event]) -> None:
    assert view(*events) == view(*sorted(events, key=lambda e: getattr(e, "at_s", 0)))


def test_one_claim_makes_a_primary_and_two_make_none() -> None:
    both = view(says("n1", "primary", 1, at=0), says("n2", "primary", 2, at=1))
    assert (view(*STEADY).primary, both.primary, both.newest_primary) == ("n1", "", "n2")
    assert (ClusterView().primary, ClusterView().newest_primary) == ("", "")


def test_the_epoch_is_the_newest_that_anyone_told() -> None:
    assert ClusterView().epoch == 0
    assert view(*STEADY, register("n2", 4, at=1)).epoch == 4
    assert view(says("n1", "standby", 9, at=1)).epoch == 0  # only a primary claims one


@pytest.mark.parametrize("fault", [Kill("n1", "process"), Stop("n1", "host"), PowerOff("n1", ()), DEAD])
def test_a_kill_is_the_last_word_of_its_host(fault: Fault) -> None:
    assert view(*STEADY, applied(fault, at=1)).role_of("n1") == "down"


def test_also_over_what_it_said_while_the_kill_was_under_way() -> None:
    told: list[Event] = [applied(Kill("n1", "process"), at=1.0), says("n1", "primary", 1, at=1.005)]
    for events in permutations(told):
        assert view(*STEADY, *events).role_of("n1") == "down"


def test_what_it_says_once_started_again_counts() -> None:
    back = view(*STEADY, applied(Kill("n1", "process"), at=1), says("n1", "standby", 2, at=3))
    assert back.role_of("n1") == "standby"


def test_a_pause_is_no_last_word() -> None:
    assert view(*STEADY, applied(Pause("n1", "host"), at=1)).role_of("n1") == "primary"


def test_a_killed_witness_must_report_again() -> None:
    killed = view(health("w1", at=0), applied(Kill("w1", "host"), at=1))
    assert (killed.is_ready("w1"), killed.seen(health("w1", at=2)).is_ready("w1")) == (False, True)


def test_faults_are_in_force_until_they_are_healed() -> None:
    struck = view(applied(Kill("n1", "process"), at=1), applied(Pause("n2", "host"), at=2, name="g"))
    assert set(struck.faults) == {"f", "g"}
    assert set(struck.seen(healed(at=3)).faults) == {"g"}


def test_the_register_of_the_newest_epoch_counts_and_there_the_primary_s_word() -> None:
    by_witness = register("n1", 2, at=5, by="w2", eligible="n1 n2")
    by_primary = register("n1", 2, at=4, by="n1", eligible="n1")
    newest = view(register("n2", 1, at=9), by_witness, by_primary).membership
    assert newest == by_primary


def test_it_serves_when_the_primary_it_names_says_so_in_that_epoch() -> None:
    assert view(*STEADY).serving() is not None
    assert view(*STEADY, register("n2", 2, at=1)).serving() is None
    assert view(*STEADY, register("n1", 2, at=1)).serving() is None
    assert ClusterView().serving() is None


def test_in_step_is_who_is_counted_in_by_the_register_of_a_primary_that_serves() -> None:
    assert view(*STEADY).has_rejoined("n1", HOSTS)
    assert view(*STEADY).has_rejoined("n2", HOSTS)


@pytest.mark.parametrize(
    "events",
    [
        [register("n1", 1, at=1, eligible="n1")],
        [says("n2", "starting", 1, at=1)],
        [says("n2", "down", 1, at=1)],
        [says("n2", "primary", 1, at=1)],  # it has not learned that another is
        [register("n1", 2, at=1)],
        [applied(Pause("n2", "host"), at=1)],
        [applied(Cut(cut_of("n2"), "drop"), at=1)],
    ],
)
def test_not_in_step_is_who_is_left_out_not_up_mistaken_or_disturbed(events: list[Event]) -> None:
    assert not view(*STEADY, *events).has_rejoined("n2", HOSTS)


def test_an_event_about_something_else_changes_nothing() -> None:
    steady = view(*STEADY)
    assert steady.seen(LoadStopped(client="client1", at_s=1)) is steady
