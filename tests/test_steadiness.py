from __future__ import annotations

from collections.abc import Sequence

from harness.model.command import Command
from harness.model.event import Event, HealthReported, MembershipChanged, RoleChanged
from harness.steadiness import until_steady
from tests.checkers.journals import plan

TOLD: list[Event] = [
    RoleChanged(at_s=0.1, host="n1", role="primary", epoch=1),
    RoleChanged(at_s=0.1, host="n2", role="standby", epoch=1),
    MembershipChanged(at_s=0.2, host="n1", epoch=1, primary="n1", eligible=("n1", "n2")),
    *(HealthReported(at_s=0.3, host=host, ready=True, epoch=1) for host in ("n1", "n2", "w1", "w2", "w3")),
]


class World:
    """Tells one event each tenth of a second."""

    def __init__(self, *events: Event) -> None:
        self._events, self._now_s = [*events], 0.0

    def perform(self, command: Command) -> None:
        raise AssertionError("it only listens")

    def advance(self) -> Sequence[Event]:
        self._now_s += 0.1
        return [self._events.pop(0)] if self._events else []

    def now_s(self) -> float:
        return self._now_s

    def close(self) -> None:
        pass


def test_it_waits_until_everybody_is_there() -> None:
    world = World(*TOLD)
    assert until_steady(world, plan(), within_s=5.0) == ""
    assert 0.75 < world.now_s() < 0.9


def test_what_lacks_when_its_time_is_over_is_told() -> None:
    assert until_steady(World(), plan(), within_s=1.0) == "no primary"
    assert until_steady(World(*TOLD[:-1]), plan(), within_s=2.0) == "w3 not ready"


def test_who_is_stopped_waits_no_longer() -> None:
    world = World()
    assert until_steady(world, plan(), within_s=60.0, stop=lambda: world.now_s() > 0.25) == "no primary"
    assert world.now_s() < 0.35
