"""What still lacks until a wait is met, one line for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from msgspec import structs

from harness.clusterview import ClusterView
from harness.conductor.waits import Waiting, lacks
from harness.model.drill import WaitFor
from harness.model.event import Applied, Event, HealthReported, MembershipChanged, NodeRole, RoleChanged
from harness.reach import Hosts
from tests.checkers.journals import killed, parted, plan
from tests.conductor.playbook import steady

HOSTS = Hosts.of(plan().hosts)


@dataclass
class Moment:
    """A steady cluster and served clients, unless told otherwise."""

    events: list[Event] = field(default_factory=steady)
    streaks: dict[str, int] = field(default_factory=lambda: {"client1": 3, "client2": 7})

    def lacks(self, wait_for: WaitFor, *, host: str = "", epoch: int = 1, primary: str = "n1") -> str:
        view = ClusterView()
        for event in self.events:
            view = view.seen(event)
        waiting = Waiting(
            wait_for=wait_for, host=host, index=0, text="", epoch_before=epoch, primary_before=primary
        )
        return lacks(waiting, view, HOSTS, ("client1", "client2"), self.streaks)


def says(host: str, role: NodeRole, epoch: int = 1) -> RoleChanged:
    return RoleChanged(at_s=5.0, host=host, role=role, epoch=epoch)


def register(primary: str, epoch: int, eligible: tuple[str, ...] = ("n1", "n2")) -> MembershipChanged:
    return MembershipChanged(at_s=5.0, host="w1", epoch=epoch, primary=primary, eligible=eligible)


def in_force(of: Iterable[object]) -> Applied:
    """The fault alone, without its end."""
    return next(event for event in of if isinstance(event, Applied))


def test_a_steady_cluster_lacks_nothing() -> None:
    assert Moment().lacks("steady") == ""
    assert Moment().lacks("rejoined") == ""


@pytest.mark.parametrize(
    ("events", "lacking"),
    [
        ([in_force(killed("router", at=1.0))], "a fault is in force"),
        ([says("n1", "down")], "no primary"),
        ([says("n2", "primary", 2)], "2 primaries: n2, n1"),
        ([register("n1", 2)], "the register does not name n1 in its newest epoch"),
        ([register("n1", 1, ("n1",))], "n2 not in step"),
        ([says("n2", "starting")], "n2 not in step"),
        ([HealthReported(at_s=5.0, host="w2", ready=False, epoch=1)], "w2 not ready"),
    ],
)
def test_what_makes_it_unsteady_is_named(events: list[Event], lacking: str) -> None:
    assert Moment(events=[*steady(), *events]).lacks("steady") == lacking


def test_clients_without_service_are_named() -> None:
    assert Moment(streaks={"client1": 2}).lacks("steady") == (
        "client1, client2 without 3 good writes in a row"
    )


def test_an_empty_view_has_no_primary() -> None:
    assert Moment(events=[]).lacks("steady") == "no primary"
    assert Moment(events=[]).lacks("rejoined") == "n1, n2 not in step"
    assert Moment(events=[]).lacks("failover") == "no epoch newer than 1 is served"


def test_a_fault_that_does_not_disturb_a_node_does_not_keep_it_out() -> None:
    assert Moment(events=[*steady(), in_force(killed("w1", at=1.0))]).lacks("rejoined") == ""
    assert Moment(events=[*steady(), in_force(parted("n2", at=1.0))]).lacks("rejoined", host="n1") == (
        "n1 not in step"
    )


def test_a_failover_needs_another_node_and_a_newer_epoch() -> None:
    over = [*steady(), says("n2", "primary", 2)]
    assert Moment(events=over).lacks("failover") == ""
    assert Moment(events=over).lacks("failover", epoch=2) == "no epoch newer than 2 is served"
    assert Moment(events=over).lacks("failover", primary="n2") == "n2 is primary still"


def test_a_waiting_can_be_narrowed_to_a_host() -> None:
    late = Moment(events=[*steady(), says("n2", "starting")])
    assert (late.lacks("rejoined", host="n1"), late.lacks("rejoined", host="n2")) == ("", "n2 not in step")


def test_a_waiting_is_a_value() -> None:
    waiting = Waiting(wait_for="steady", host="", index=0, text="", epoch_before=1, primary_before="")
    assert structs.replace(waiting, index=1) != waiting
