from __future__ import annotations

import pytest
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families as parsed

from targets.reference.machines.words.messages import Place
from targets.reference.machines.words.operating import NodeStatus, WitnessStatus
from targets.reference.metrics.exposition import Family, Histogram, text
from targets.reference.metrics.families import FSYNC_BOUNDS_S, of_fence, of_node, of_rest, of_witness
from targets.reference.metrics.meter import Meter
from tests.targets.reference.ctl.hosts import REGISTER, node, standby, witness

Found = dict[tuple[str, tuple[str, ...]], float]


def read(families: list[Family]) -> Found:
    """Each sample by its name and its labels' values, as Prometheus reads it."""
    return {
        (one.name, tuple(one.labels.values())): one.value
        for family in parsed(text(families))
        for one in family.samples
    }


def of(status: NodeStatus | WitnessStatus, meter: Meter | None = None) -> Found:
    meter, closed = meter or Meter(), {"idle": 2}
    if isinstance(status, NodeStatus):
        return read(of_node(status, meter, Histogram(FSYNC_BOUNDS_S), closed))
    return read(of_witness(status, meter, closed))


def test_a_node_has_exactly_one_role() -> None:
    found = of(node("n1"))
    assert {role[0]: value for (name, role), value in found.items() if name == "failover_role"} == {
        "starting": 0.0,
        "standby": 0.0,
        "primary": 1.0,
        "fenced": 0.0,
        "cold": 0.0,
    }


def test_one_at_rest_is_cold_and_tells_what_is_kept_for_it() -> None:
    found = read(of_rest(4, Place(3, 17), [(("peers", "wrong token"), 2)]))
    assert found["failover_role", ("cold",)] == 1 and found["failover_role", ("standby",)] == 0
    assert found["failover_temperature", ("cold",)] == 1
    assert (found["failover_epoch", ()], found["failover_last_position", ()]) == (4, 17)


def test_a_primary_tells_its_lease_and_its_places() -> None:
    found = of(node("n1"))
    assert found["failover_epoch", ()] == 3 and found["failover_lease_remaining_seconds", ()] == 0.3
    assert found["failover_durable_position", ()] == found["failover_acknowledged_position", ()] == 9


def test_a_primary_tells_the_lag_of_each_standby() -> None:
    lagging = standby(lag_positions=5, lag_bytes=60)
    found = of(node("n1", standbys=(lagging, standby("n3"))))
    assert found["failover_standby_lag_positions", ("n2",)] == 5
    assert found["failover_standby_lag_bytes", ("n2",)] == 60
    assert found["failover_standby_lag_positions", ("n3",)] == 0


def test_the_lag_of_a_standby_that_does_not_follow_is_not_told_as_a_number() -> None:
    found = of(node("n1", standbys=(standby(heard_ago_s=float("inf")),)))
    assert found["failover_standby_follows", ("n2",)] == 0
    assert ("failover_standby_lag_positions", ("n2",)) not in found


@pytest.mark.parametrize("status", [node("n1"), witness("w1")])
def test_every_host_counts_heartbeats_votes_ballots_alerts_and_closed_connections(
    status: NodeStatus | WitnessStatus,
) -> None:
    found = of(status)
    assert found["failover_heartbeats_total", ("refused",)] == 0
    assert found["failover_closed_connections_total", ("idle",)] == 2
    for name in ("votes", "ballots", "alerts"):
        assert found[f"failover_{name}_total", ()] == 0


@pytest.mark.parametrize("status", [node("n1"), witness("w1")])
def test_maintenance_shows(status: NodeStatus | WitnessStatus) -> None:
    kept = replace(status, register=REGISTER.maintained("disk swap"))
    assert (of(status)["failover_maintenance", ()], of(kept)["failover_maintenance", ()]) == (0, 1)


def test_a_witness_tells_to_whom_its_lease_lasts() -> None:
    assert of(witness("w1"))["failover_lease_remaining_seconds", ("n1",)] == 0.35
    free = of(witness("w1", grant=(0, ""), lease_s=0.0))
    assert not [name for name, _ in free if name == "failover_lease_remaining_seconds"]


def test_a_witness_tells_how_the_failovers_that_it_led_ended() -> None:
    found = of(witness("w1", outcomes={"promoted": 2, "too late": 1}))
    assert found["failover_led_total", ("promoted",)] == 2 and found["failover_led_total", ("too late",)] == 1


def test_names_follow_the_rules_of_prometheus() -> None:
    families = of_node(node("n1"), Meter(), Histogram(FSYNC_BOUNDS_S), {})
    families += of_witness(witness("w1"), Meter(), {})
    for family in families:
        assert family.name.startswith("failover_") and family.help
        assert family.name.endswith("_total") == (family.kind == "counter")


def test_a_fence_device_tells_what_it_answered_to_whom_it_did_not_know() -> None:
    found = read(of_fence({("POST", 401): 2, ("GET", 200): 5}))
    assert found["failover_fence_answers_total", ("POST", "401")] == 2


def test_how_a_standby_is_kept_is_told_by_itself_and_by_its_primary() -> None:
    assert of(node("n2", temperature="warm"))["failover_temperature", ("warm",)] == 1
    found = of(node("n1", standbys=(standby(temperature="cold", at_rest=True),)))
    assert found["failover_standby_temperature", ("n2", "cold")] == 1
    assert found["failover_standby_at_rest", ("n2",)] == 1 and found["failover_standby_follows", ("n2",)] == 0
