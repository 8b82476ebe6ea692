"""Settings that cannot be safe are refused with their reason, by planner and controller alike."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from targets.reference.detection import Detector, Health
from targets.reference.settings import Settings
from targets.reference.unsafe import why_unsafe


def fields(**words: Any) -> list[str]:
    return [unsafe.field for unsafe in why_unsafe(msgspec.structs.replace(Settings(), **words))]


def test_the_defaults_are_safe_in_every_mode() -> None:
    assert fields() == []
    assert fields(replication="async", detector=Detector(kind="phi")) == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"detector": Detector(timeout_s=0.0)}, "detector.timeout", "more than nothing"),
    ({"detector": Detector(interval_s=-1.0)}, "detector.interval", "more than nothing"),
    ({"detector": Detector(interval_s=float("nan"))}, "detector.interval", "more than nothing"),
    ({"detector": Detector(threshold=0)}, "detector.threshold", "1 or more"),
    ({"detector": Detector(kind="phi", phi=0.0)}, "detector.threshold", "8 is usual"),
    ({"detector": Detector(kind="phi", window=1)}, "detector.window", "two arrivals"),
    ({"detector": Detector(kind="phi", cap_s=0.1)}, "detector.cap", "before the next heartbeat"),
    ({"detector": Detector(min_std_s=-0.1)}, "detector.min_std", "no time"),
    ({"lease_s": 0.1}, "lease", "grant more than"),
    ({"lease_s": -1.0}, "lease", "no time"),
    ({"clock_margin_s": 0.5}, "clock_margin", "grant more than"),
    ({"clock_rate_error": 1.0}, "clock_rate_error", "below 1"),
    ({"clock_rate_error": -0.1}, "clock_rate_error", "below 1"),
    ({"vote_s": 0.0}, "vote", "more than nothing"),
    ({"canary_s": 0.0}, "canary", "more than nothing"),
    ({"witnesses": ("w1", "w2", "w3", "w4")}, "witnesses", "odd number"),
    ({"witnesses": ("w1",)}, "witnesses", "at least 3"),
    ({"nodes": ("n1",)}, "nodes", "no standby"),
    ({"standby": "cold"}, "standby", "with only cold standbys"),
    ({"nodes": ("n1", "n2", "n3"), "standby": {"n2": "cold", "n3": "cold"}}, "standby", "does not run"),
    (
        {"nodes": ("n1", "n2", "n3"), "standby": {"n3": "cold"}, "sync_standbys": 2},
        "sync_standbys",
        "3 nodes have 1 that run",
    ),
    (
        {"replication": "async", "standby": "cold", "heartbeats": ("bidirectional",)},
        "heartbeats",
        "nobody would miss the primary",
    ),
    ({"nodes": ("n1", "w1")}, "nodes", "two hosts are called 'w1'"),
    ({"heartbeats": ()}, "heartbeats", "nothing would detect"),
    ({"health": Health(network=None, application=None)}, "health", "never be missed"),
]


@pytest.mark.parametrize(("words", "field", "reason"), WRONG)
def test_what_cannot_be_safe_is_refused_with_its_reason(
    words: dict[str, Any], field: str, reason: str
) -> None:
    (unsafe,) = why_unsafe(msgspec.structs.replace(Settings(), **words))
    assert unsafe.field == field and reason in unsafe.reason


def test_a_cold_standby_may_stand_beside_one_that_runs_and_alone_where_nothing_waits_for_it() -> None:
    assert fields(nodes=("n1", "n2", "n3"), standby={"n3": "cold"}) == []
    assert fields(replication="async", standby="cold") == []


def test_one_node_alone_may_run_without_a_standby_in_async_mode() -> None:
    assert fields(nodes=("n1",), replication="async") == []


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert fields(clock_rate_error=2.0, witnesses=("w1", "w2")) == ["witnesses", "clock_rate_error"]


def test_the_lease_that_a_refusal_asks_for_is_accepted() -> None:
    for rho in (0.0, 0.001, 0.05, 0.4):
        wrong = msgspec.structs.replace(Settings(), lease_s=0.1, clock_rate_error=rho)
        (unsafe,) = why_unsafe(wrong)
        needed_s = float(unsafe.reason.split("grant more than ")[1].split("ms")[0]) / 1000
        assert fields(lease_s=needed_s + 0.002, clock_rate_error=rho) == []
