"""Reigns counted from what nodes say, poll by poll."""

from __future__ import annotations

from harness.clusterview import ClusterView
from harness.model.event import (
    AlertRaised,
    Event,
    HealthReported,
    MembershipChanged,
    PhaseReached,
    RoleChanged,
)
from harness.reach import Hosts
from targets.own_stack.seen import Seen

HOSTS = Hosts(data=("a", "b"), witnesses=(), routers=(), fences=(), clients=())


def a_pair() -> tuple[Seen, list[Event]]:
    """a is primary, b follows it."""
    seen = Seen(["a", "b"])
    return seen, [*seen.said("a", "primary", 1.0), *seen.said("b", "standby", 1.1)]


def roles(events: list[Event]) -> list[tuple[str, str, int]]:
    return [(event.host, event.role, event.epoch) for event in events if isinstance(event, RoleChanged)]


def phases(events: list[Event]) -> list[tuple[str, str, int]]:
    return [(event.phase, event.subject, event.epoch) for event in events if isinstance(event, PhaseReached)]


def view(events: list[Event]) -> ClusterView:
    seen = ClusterView()
    for event in events:
        seen = seen.seen(event)
    return seen


def test_a_primary_and_who_follows_it_are_in_step() -> None:
    _, events = a_pair()
    assert roles(events) == [("a", "primary", 1), ("b", "standby", 0)]
    assert view(events).primary == "a"
    assert all(view(events).has_rejoined(host, HOSTS) for host in ("a", "b"))


def test_the_same_word_again_tells_nothing() -> None:
    seen, _ = a_pair()
    assert seen.said("a", "primary", 2.0) == []
    assert seen.said("b", "standby", 2.0) == []


def test_a_standby_that_is_primary_now_begins_a_reign_and_shows_that_it_was_decided() -> None:
    seen, _ = a_pair()
    seen.lost("a", 2.0, "silent")
    events = seen.said("b", "primary", 3.0)
    assert roles(events) == [("b", "primary", 2)]
    assert phases(events) == [("decided", "a", 1), ("promoted", "b", 2)]
    assert seen.primary == "b"


def test_who_was_down_and_comes_back_as_primary_goes_on_in_its_reign() -> None:
    seen, _ = a_pair()
    seen.lost("a", 2.0, "silent")
    assert roles(seen.said("a", "primary", 3.0)) == [("a", "primary", 1)]


def test_an_old_primary_comes_back_in_its_old_reign_beside_the_new_one() -> None:
    seen, events = a_pair()
    events += seen.lost("a", 2.0, "silent")
    events += seen.said("b", "primary", 3.0)
    events += seen.said("a", "primary", 4.0)
    assert roles(events)[-1] == ("a", "primary", 1)
    assert view(events).primaries == ("b", "a")
    assert seen.primary == "b"


def test_who_denied_it_meanwhile_reigns_anew() -> None:
    seen, _ = a_pair()
    seen.said("b", "primary", 3.0)
    seen.said("a", "standby", 4.0)
    seen.said("b", "standby", 5.0)
    assert roles(seen.said("a", "primary", 6.0)) == [("a", "primary", 3)]


def test_a_standby_that_is_lost_is_in_step_no_more_and_rejoins_when_it_is() -> None:
    seen, _ = a_pair()
    (register, health) = seen.lost("b", 2.0, "silent")
    assert isinstance(register, MembershipChanged) and register.eligible == ("a",)
    assert isinstance(health, HealthReported) and not health.ready
    assert phases(seen.said("b", "starting", 3.0)) == []
    assert phases(seen.said("b", "standby", 4.0)) == [("rejoined", "b", 1)]


def test_polls_that_cross_never_take_the_register_back_in_time() -> None:
    seen = Seen(["a", "b"])
    seen.said("a", "primary", 5.0)
    (_, register, *_) = seen.said("b", "standby", 4.9)
    assert isinstance(register, MembershipChanged) and register.at_s == 5.0


def test_a_refusal_calls_a_person_once() -> None:
    seen, _ = a_pair()
    (*_, alert) = seen.refused("b", 2.0, "NOAUTH")
    assert isinstance(alert, AlertRaised) and "b refuses what the stack file asks: NOAUTH" in alert.text
    assert not [event for event in seen.refused("b", 3.0, "NOAUTH") if isinstance(event, AlertRaised)]
    seen.said("b", "standby", 4.0)
    assert [event for event in seen.refused("b", 5.0, "NOAUTH") if isinstance(event, AlertRaised)]


def test_two_primaries_from_the_start_are_two_reigns() -> None:
    seen = Seen(["a", "b"])
    events = [*seen.said("a", "primary", 1.0), *seen.said("b", "primary", 1.0)]
    assert roles(events) == [("a", "primary", 1), ("b", "primary", 2)]
