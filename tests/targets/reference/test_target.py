"""The reference stack as a target: what it offers fits what it ships."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from harness.model.drill import Load
from harness.model.plan import Plan
from harness.seams import Target
from targets.reference.driver.surroundings import ARCHIVE_PORT, ROUTER_ADMIN_PORT
from targets.reference.settings import Settings
from targets.reference.target import REFERENCE
from targets.reference.written import plain, settings_of
from targets.registry import TARGETS

COMPOSE = Path(__file__).resolve().parents[3] / "compose"


def plan(**settings: Any) -> Plan:
    values = REFERENCE.settings(settings)
    return Plan(
        drill="d",
        story="",
        target="reference",
        world="docker",
        seed=1,
        defect="",
        settings=values,
        hosts=REFERENCE.hosts(values),
        clients=(),
        load=Load(),
        trials=(),
        expect=(),
        promises=REFERENCE.promises(values),
    )


def compose() -> dict[str, Any]:
    text: dict[str, Any] = yaml.safe_load((COMPOSE / "reference" / "compose.yaml").read_text())
    return text


def test_it_is_registered_under_its_own_name() -> None:
    target: Target = REFERENCE
    assert TARGETS["reference"] is target


@pytest.mark.parametrize("fence", ["none", "device"])
@pytest.mark.parametrize("nodes", range(2, 6))
def test_every_host_is_a_service_and_every_service_of_the_plans_profiles_a_host(
    nodes: int, fence: str
) -> None:
    stack = REFERENCE.stack(plan(nodes=nodes, fence=fence), COMPOSE)
    assert Path(stack.compose_file).is_file()
    services = {
        name
        for name, service in compose()["services"].items()
        if not service.get("profiles") or set(service["profiles"]) & set(stack.profiles)
    }
    assert {host.service for host in stack.hosts} == services
    assert [host.plan.name for host in stack.hosts if host.plan.role == "data"] == [
        f"n{number}" for number in range(1, nodes + 1)
    ]


def test_all_that_is_ours_runs_from_our_images() -> None:
    stack = REFERENCE.stack(plan(), COMPOSE)
    assert set(stack.images) == {service["image"] for service in compose()["services"].values()}


def test_each_service_runs_the_program_of_its_role_under_its_own_name() -> None:
    services = compose()["services"]
    for host in plan(nodes=5, fence="device").hosts:
        words = services[host.name]["command"]
        match host.role:
            case "data":
                assert words == ["python3", "-m", "targets.reference.driver.data_node", host.name]
            case "witness":
                assert words == ["python3", "-m", "targets.reference.driver.witness_node", host.name]
            case "client":
                assert words[2] == "harness.workloads.program"
                assert words[-1] == host.name
            case "fence":
                assert words == ["python3", "-m", "targets.reference.driver.fence_node", host.name]
            case "router":
                assert words[0] == "haproxy"


def test_the_router_knows_every_node_and_begins_with_all_of_them_down() -> None:
    folder = COMPOSE / "reference"
    for number in range(1, 6):
        assert f"server n{number} n{number}:7000" in (folder / "haproxy.cfg").read_text()
        assert f"3 data {number} n{number} - 0 0 " in (folder / "down.state").read_text()


def test_no_port_is_published_and_every_store_is_a_named_volume() -> None:
    file = compose()
    for name, service in file["services"].items():
        assert "ports" not in service
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in file["volumes"] or volume.endswith(":ro"), (name, volume)


def test_what_reaches_the_programs_is_what_the_machines_read() -> None:
    stack = REFERENCE.stack(plan(replication="async", detector={"interval": "50ms"}), COMPOSE)
    settings = msgspec.json.decode(stack.environment["FAILOVER_DRILL_SETTINGS"], type=Settings)
    assert settings == settings_of({"replication": "async", "detector": {"interval": "50ms"}})


def test_each_stack_has_a_token_of_its_own_and_no_client_and_no_router_is_told_it() -> None:
    first, other = (REFERENCE.stack(plan(), COMPOSE).environment["FAILOVER_DRILL_STACK_TOKEN"] for _ in "12")
    assert len(first) == 32 and first != other
    named = {
        name
        for name, service in compose()["services"].items()
        if "FAILOVER_DRILL_STACK_TOKEN" in service.get("environment", {})
    }
    assert named == {"n1", "n2", "n3", "n4", "n5", "w1", "w2", "w3", "fence"}


def test_a_data_node_is_killed_as_the_agents_child_and_started_by_its_signal() -> None:
    processes = {host.plan.name: host.process for host in REFERENCE.stack(plan(), COMPOSE).hosts}
    assert (processes["n1"].kind, processes["n1"].start_signal) == ("child", "SIGUSR1")
    assert (processes["w1"].kind, processes["router"].kind) == ("main", "main")


def test_the_detection_bound_follows_from_the_settings_and_shows_its_formula() -> None:
    promise = REFERENCE.promises(plan().settings).detection
    assert promise.limit_s == pytest.approx(3 * 0.1 + 0.1 + 0.1)
    assert "threshold 3 × interval 100ms + timeout 100ms" in promise.formula


def bound(**settings: Any) -> tuple[float, str]:
    promise = REFERENCE.promises(plan(**settings).settings).detection
    return promise.limit_s, promise.formula


def test_three_times_five_seconds_and_three_more_are_eighteen_seconds_and_the_vote_is_told_apart() -> None:
    limit_s, formula = bound(detector={"interval": "5s", "timeout": "3s", "threshold": 3})
    assert limit_s == pytest.approx(18.0 + 0.1)
    assert formula.startswith("threshold 3 × interval 5s + timeout 3s = 18s after the last sign of life")
    assert formula.endswith("+ vote 100ms")


@pytest.mark.parametrize("ways", ["push", "pull", ["push", "pull"], ["push", "pull", "bidirectional"]])
def test_push_and_pull_have_the_same_bound_each_alone_and_together(ways: object) -> None:
    assert bound(heartbeats=ways)[0] == pytest.approx(0.5)


def test_bidirectional_alone_takes_one_look_more() -> None:
    limit_s, formula = bound(heartbeats="bidirectional")
    assert limit_s == pytest.approx(0.4 + 0.2 + 0.1) and "at the witnesses" in formula


def test_an_adaptive_detector_states_its_cap() -> None:
    limit_s, formula = bound(detector={"kind": "phi", "threshold": 8, "cap": "600ms"})
    assert limit_s == pytest.approx(0.7) and formula.startswith("φ 8, at most the cap = 600ms")


def test_a_threshold_of_the_application_alone_is_the_bound() -> None:
    assert bound(health={"application": 5})[0] == pytest.approx(0.7)


def test_sync_promises_that_nothing_is_lost_and_async_does_not() -> None:
    sync, asynchronous = (REFERENCE.promises(plan(replication=mode).settings) for mode in ("sync", "async"))
    assert sync.rpo and asynchronous.rpo
    assert (sync.rpo.limit_s, sync.lost_writes_max, sync.reads_are_linearizable) == (0.0, 0, True)
    assert (asynchronous.lost_writes_max, asynchronous.reads_are_linearizable) == (None, False)
    assert asynchronous.rpo.limit_s == pytest.approx(0.4 + 0.1)
    assert "lease 400ms + interval 100ms" in asynchronous.rpo.formula


def test_settings_are_json() -> None:
    values = REFERENCE.settings({"lease": "500ms"})
    assert json.loads(json.dumps(values)) == values == plain(settings_of({"lease": "500ms"}))


def test_every_defect_has_one_line_for_a_person() -> None:
    assert REFERENCE.defects()
    for name, line in REFERENCE.defects().items():
        assert name == name.lower()
        assert line
        assert "\n" not in line


def test_nobody_is_led_to_a_runtime_api_that_is_closed() -> None:
    for api, leads in (("open", True), ("closed", False)):
        (router,) = [host for host in plan(router_api=api).hosts if host.role == "router"]
        assert (ROUTER_ADMIN_PORT in router.ports) == leads


def test_what_a_cold_standby_costs_is_stated_from_its_settings() -> None:
    cold = REFERENCE.promises(
        REFERENCE.settings(
            {"replication": "async", "standby": "cold", "ship_interval": "2s", "cold_start": "3s"}
        )
    )
    assert cold.rpo is not None
    assert cold.rpo.limit_s == pytest.approx(2.0 + 0.4 + 0.1) and "ship_interval 2s" in cold.rpo.formula
    assert cold.outage is not None and cold.outage.limit_s == pytest.approx(0.5 + 3.0)
    assert REFERENCE.promises(REFERENCE.settings({"replication": "async"})).outage is None


def test_only_the_agent_of_a_cold_standby_is_shipped_to() -> None:
    hosts = plan(nodes=3, standby={"n3": "cold"}).hosts
    assert [host.name for host in hosts if ARCHIVE_PORT in host.ports] == ["n3"]
