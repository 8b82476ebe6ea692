from __future__ import annotations

import pytest

from harness.model.event import AlertRaised, Event, HealthReported, MembershipChanged, PhaseReached
from targets.redis_sentinel.sayings import Naming, saying
from targets.redis_sentinel.sentinelseen import SentinelSeen
from tests.targets.redis_sentinel.said import names


def seen() -> SentinelSeen:
    return SentinelSeen("s1", replicas=2)


def registers(events: list[Event]) -> list[tuple[str, int]]:
    return [(e.primary, e.epoch) for e in events if isinstance(e, MembershipChanged)]


def ready(events: list[Event]) -> list[bool]:
    return [e.ready for e in events if isinstance(e, HealthReported)]


def test_whom_it_names_is_told_on_change() -> None:
    sentinel = seen()
    first = sentinel.named(names("r1", 1), 1.0)
    assert (registers(first), ready(first)) == ([("r1", 1)], [True])
    assert sentinel.named(names("r1", 1), 2.0) == []
    assert registers(sentinel.named(names("r2", 2), 3.0)) == [("r2", 2)]


@pytest.mark.parametrize(
    "naming",
    [names("r1", 1, sentinels=1), names("r1", 1, replicas=1), names("r1", 1, well=False)],
)
def test_it_is_ready_once_it_knows_the_others_and_holds_the_primary_for_well(naming: Naming) -> None:
    """Before that it would lead no failover, and a fault would prove nothing about it."""
    sentinel = seen()
    assert ready(sentinel.named(naming, 1.0)) == [False]
    assert ready(sentinel.named(names("r1", 1), 2.0)) == [True]


def test_a_phase_bears_the_epoch_that_it_names() -> None:
    sentinel, odown = seen(), saying("+odown", "master mymaster r1 6379 #quorum 2/2")
    assert odown is not None
    assert sentinel.told(odown, 1.0) == []  # who never named anybody has no epoch to tell
    sentinel.named(names("r1", 4), 2.0)
    assert sentinel.told(odown, 3.0) == [
        PhaseReached(at_s=3.0, host="s1", phase="decided", epoch=4, subject="r1", detail=odown.detail)
    ]


def test_one_in_tilt_calls_for_a_person() -> None:
    (alert,) = seen().in_tilt(1.0)
    assert isinstance(alert, AlertRaised) and "does nothing for 30 s" in alert.text


def test_one_that_is_lost_names_nobody_any_more() -> None:
    sentinel = seen()
    sentinel.named(names("r1", 1), 1.0)
    assert ready(sentinel.lost(2.0, "refused")) == [False]
    assert sentinel.naming is None
    assert registers(sentinel.named(names("r1", 1), 3.0)) == [("r1", 1)]
