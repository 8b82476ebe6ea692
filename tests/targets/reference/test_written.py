"""The settings block: what a person may write, and what is refused with its fix."""

from __future__ import annotations

import json
from typing import cast

import jsonschema
import pytest

from harness.model.drill import Json
from harness.model.errors import DrillError
from targets.reference.detection import Detector, Health
from targets.reference.settings import Settings
from targets.reference.written import plain, schema, settings_from, settings_of


def test_nothing_written_is_the_defaults_with_a_lease_as_long_as_the_detectors_silence() -> None:
    assert settings_of({}) == Settings(lease_s=0.4)
    assert settings_of({"detector": {"threshold": 5}}).lease_s == pytest.approx(0.6)


def test_a_block_is_read_with_its_units() -> None:
    written: dict[str, Json] = {
        "replication": "async",
        "detector": {"interval": "50ms", "timeout": "0.1s", "threshold": 4},
        "lease": "400ms",
        "vote": "80ms",
        "nodes": 3,
    }
    assert settings_of(written) == Settings(
        replication="async",
        detector=Detector(interval_s=0.05, timeout_s=0.1, threshold=4),
        lease_s=0.4,
        vote_s=0.08,
        nodes=("n1", "n2", "n3"),
    )


def test_a_detector_and_what_it_looks_at_are_read() -> None:
    written: dict[str, Json] = {
        "detector": {"kind": "phi", "threshold": 6.5, "window": 50, "min_std": "5ms", "cap": "1s"},
        "heartbeats": ["pull", "push"],
        "health": {"business": "ignored", "application": 5},
        "canary": "2s",
        "clock_rate_error": 0.01,
    }
    settings = settings_of(written)
    assert settings.detector == Detector(kind="phi", phi=6.5, window=50, min_std_s=0.005, cap_s=1.0)
    assert settings.heartbeats == ("push", "pull")
    assert settings.health == Health(business=None, application=5)
    assert (settings.canary_s, settings.clock_rate_error, settings.lease_s) == (2.0, 0.01, 1.0)


def test_settings_travel_as_json_and_come_back() -> None:
    settings = settings_of({"detector": {"interval": "50ms"}})
    assert settings_from(json.loads(json.dumps(plain(settings)))) == settings


WRONG: list[tuple[dict[str, Json], str, str]] = [
    ({"replicaton": "sync"}, "replicaton", "did you mean 'replication'"),
    ({"replication": "snyc"}, "replication", "did you mean 'sync'"),
    ({"replication": 3}, "replication", "there are sync, semi-sync, async"),
    ({"detector": {"intervall": "1s"}}, "detector.intervall", "did you mean 'interval'"),
    ({"detector": {"interval": 100}}, "detector.interval", "write 100s or 100ms"),
    ({"detector": {"interval": "0ms"}}, "detector.interval", "more than nothing"),
    ({"detector": {"interval": "-5ms"}}, "detector.interval", "write it like 100ms"),
    ({"detector": {"threshold": 0}}, "detector.threshold", "write 1 to 100"),
    ({"detector": {"threshold": "3"}}, "detector.threshold", "write 1 to 100"),
    ({"detector": {"threshold": True}}, "detector.threshold", "write 1 to 100"),
    ({"detector": "fast"}, "detector", "write a block"),
    ({"lease": "fast"}, "lease", "write it like 100ms"),
    ({"lease": "100ms"}, "lease", "grant more than"),
    ({"clock_margin": "500ms"}, "clock_margin", "grant more than"),
    ({"heartbeats": "pish"}, "heartbeats", "did you mean 'push'"),
    ({"heartbeats": []}, "heartbeats", "nothing would detect"),
    ({"health": {"disk": 3}}, "health.disk", "there are network, process, application, business"),
    ({"health": {"business": "ignord"}}, "health.business", "did you mean 'ignored'"),
    ({"health": {"business": 0}}, "health.business", "write 1 to 100"),
    ({"health": {"network": "ignored", "application": "ignored"}}, "health", "never be missed"),
    ({"health": 3}, "health", "write a block"),
    ({"detector": {"kind": "fi"}}, "detector.kind", "there are threshold, phi"),
    ({"detector": {"cap": "1s"}}, "detector.cap", "write kind: phi"),
    ({"detector": {"kind": "phi", "threshold": "8"}}, "detector.threshold", "for instance 8"),
    ({"detector": {"kind": "phi", "threshold": 0}}, "detector.threshold", "8 is usual"),
    ({"detector": {"kind": "phi", "cap": "50ms"}}, "detector.cap", "before the next heartbeat"),
    ({"detector": {"timeout": "0s"}}, "detector.timeout", "more than nothing"),
    ({"clock_rate_error": 1}, "clock_rate_error", "below 1"),
    ({"clock_rate_error": "much"}, "clock_rate_error", "for instance 0.001"),
    ({"canary": "0s"}, "canary", "more than nothing"),
    ({"replication": "semisync"}, "replication", "did you mean 'semi-sync'"),
    ({"sync_standbys": 0}, "sync_standbys", "write 1 to 4"),
    ({"sync_standbys": 2}, "sync_standbys", "2 nodes have 1; write at most 1"),
    ({"nodes": 3, "min_standbys": 3}, "min_standbys", "3 nodes have 2; write at most 2"),
    ({"degrade_after": "1s"}, "degrade_after", "it is of semi-sync"),
    ({"replication": "async", "sync_standbys": 1}, "sync_standbys", "it is of sync and semi-sync"),
    ({"max_lag": 5}, "max_lag", "it is of async"),
    ({"lag_alert": 5}, "lag_alert", "write a block"),
    ({"lag_alert": {"secs": "5s"}}, "lag_alert.secs", "did you mean 'seconds'"),
    ({"standby": "cool"}, "standby", "did you mean 'cold'"),
    ({"standby": {"n2": "frozen"}}, "standby.n2", "there are hot, warm, cold"),
    ({"standby": {}}, "standby", "write a word for all"),
    ({"standby": {"n9": "warm"}}, "standby.n9", "there are n1, n2"),
    ({"standby": "cold"}, "standby", "only cold standbys"),
    ({"standby": {"n2": "cold"}, "replication": "semi-sync"}, "standby", "only cold standbys"),
    ({"ship_interval": "1s"}, "ship_interval", "is of cold standbys"),
    ({"cold_start": "1s", "standby": "warm"}, "cold_start", "is of cold standbys"),
    (
        {"replication": "async", "standby": "cold", "ship_interval": "0s"},
        "ship_interval",
        "more than nothing",
    ),
    ({"replication": "async", "standby": "cold", "ship_interval": "6s"}, "ship_interval", "alert later"),
    ({"webhook": "https://on.call"}, "webhook", "write http://host:port/path"),
    ({"fence_token": "wrong"}, "fence_token", "write fence: device too"),
    ({"webhook": 5}, "webhook", "write http://host:port/path"),
    ({"replication": "async", "max_lag": "1s"}, "max_lag", "no number of positions"),
    ({"dead_standby": "removed"}, "dead_standby", "did you mean 'remove'"),
    ({"nodes": ["a"]}, "nodes", "write 2 to 5"),
    ({"nodes": 1}, "nodes", "the primary included"),
    ({"router_api": "shut"}, "router_api", "unknown router_api 'shut'"),
    ({"nodes": 6}, "nodes", "write 2 to 5"),
    ({"nodes": True}, "nodes", "write 2 to 5"),
    ({"knots": 3}, "knots", "did you mean 'nodes'"),
]


@pytest.mark.parametrize(("written", "field", "fix"), WRONG)
def test_what_is_wrong_is_refused_where_it_stands_with_its_fix(
    written: dict[str, Json], field: str, fix: str
) -> None:
    with pytest.raises(DrillError) as caught:
        settings_of(written)
    assert caught.value.field == field
    assert fix in caught.value.problem


def test_a_lease_that_is_accepted_outlasts_a_heartbeat_interval() -> None:
    for lease in ("111ms", "112ms", "120ms"):
        settings = settings_of({"lease": lease})
        assert settings.held_lease_s > settings.detector.interval_s


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ({"replication": "sync", "detector": {"interval": "100ms", "threshold": 3}, "lease": "1s"}, True),
        ({"nodes": 5}, True),
        ({"nodes": 6}, False),
        ({"nodes": "3"}, False),
        ({"lease": 100}, False),
        ({"leese": "1s"}, False),
        ({"detector": {"threshold": 0}}, False),
        ({"replication": "none"}, False),
        ({"heartbeats": "pull", "health": {"business": "ignored"}, "canary": "1s"}, True),
        ({"heartbeats": "ping"}, False),
        ({"health": {"business": 0}}, False),
        ({"detector": {"kind": "phi", "threshold": 8.5, "cap": "1s", "window": 20}}, True),
        ({"detector": {"cap": "1s"}}, False),
    ],
)
def test_the_schema_agrees_with_the_reader(written: dict[str, Json], right: bool) -> None:
    validator = jsonschema.Draft202012Validator(cast(dict[str, object], schema()))
    assert validator.is_valid(written) == right
    if right:
        settings_of(written)
    else:
        with pytest.raises(DrillError):
            settings_of(written)
