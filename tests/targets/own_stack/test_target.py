"""A stack file as a target: what it offers, and what is told where it and the compose file do not fit."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness import planner
from harness.drillfile import read_all
from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.model.plan import Plan
from harness.setup import images
from targets.own_stack.setup import PASSWORD, SETUP, told
from targets.own_stack.target import CLIENTS, STAND_INS, OwnStackTarget
from tests.stackfile.written import GOOD, stack, with_line

COMPOSE: dict[str, Any] = {"services": {"db1": {"image": "redis:8"}, "db2": {"image": "redis:8"}}}
LOGIN = "login: {user: app, password: {env: DB_PASSWORD}}"


def target(folder: Path, text: str = GOOD, compose: dict[str, Any] = COMPOSE) -> OwnStackTarget:
    def read(path: str, profiles: Sequence[str]) -> dict[str, Json]:
        assert path == f"{folder / 'compose.yaml'}"
        return compose

    (folder / "compose.yaml").write_text("")
    return OwnStackTarget(stack(folder, text), read)


def planned(it: OwnStackTarget, name: str = "kill-primary") -> Plan:
    (drill,) = read_all([Path(name)], images.ROOT / "drills")
    return planner.plan(drill, it, world="docker", seed=1, trials=1, defect="")


def refused(it: OwnStackTarget) -> DrillError:
    with pytest.raises(DrillError) as raised:
        it.stack(planned(it), images.ROOT / "compose")
    return raised.value


def test_the_hosts_are_the_services_and_two_clients_of_the_drill_s_own(tmp_path: Path) -> None:
    it = target(tmp_path)
    plan = planned(it)
    assert [(host.name, host.role) for host in plan.hosts] == [
        ("db1", "data"),
        ("db2", "data"),
        ("client1", "client"),
        ("client2", "client"),
    ]
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
    brought = it.stack(plan, images.ROOT / "compose")
    assert [host.service for host in brought.hosts] == [host.name for host in plan.hosts]
    assert set(brought.services) == set(CLIENTS)


def test_its_clients_run_the_load_program_with_a_connector_that_is_there(tmp_path: Path) -> None:
    it = target(tmp_path)
    service: Any = it.stack(planned(it), images.ROOT / "compose").services["client1"]
    words = service["command"]
    assert "harness.workloads.program" in words
    assert callable(importlib.import_module(words[words.index("--connector") + 1]).connect)
    assert set(service["environment"]) == {SETUP, PASSWORD}
    assert {service["image"]} <= set(it.images)
    assert set(it.images.values()) | set(STAND_INS) <= set(images.recipes())


def test_a_client_is_told_what_it_needs_and_its_password_apart(tmp_path: Path) -> None:
    compose = {"services": {"db1": {"environment": {"DB_PASSWORD": "s3$cret"}}, "db2": {}}}
    it = target(tmp_path, with_line("login", LOGIN), compose)
    environment = it.stack(planned(it), images.ROOT / "compose").environment
    assert "s3$cret" not in environment[SETUP]
    setup, access = told(environment)
    assert (setup.data, setup.ports) == (("db1", "db2"), {"db1": 6379, "db2": 6379})
    assert (access.user, access.password) == ("app", "s3$cret")


def test_nothing_secret_is_in_a_plan(tmp_path: Path) -> None:
    compose = {"services": {"db1": {"environment": {"DB_PASSWORD": "s3cret"}}, "db2": {}}}
    assert b"s3cret" not in msgspec.json.encode(planned(target(tmp_path, with_line("login", LOGIN), compose)))


def test_a_password_may_lie_in_a_file_beside(tmp_path: Path) -> None:
    it = target(tmp_path, with_line("login", "login: {password: {file: secret.txt}}"))
    error = refused(it)
    assert (error.line, error.field) == (9, "login.password.file")
    assert "name a file with the password alone" in error.problem
    (tmp_path / "secret.txt").write_text("s3cret\n")
    assert it.stack(planned(it), images.ROOT / "compose").environment[PASSWORD] == "s3cret"


def test_a_service_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    error = refused(target(tmp_path, compose={"services": {"db1": {}, "web": {}}}))
    assert (error.path, error.line, error.field) == (f"{tmp_path / 'stack.yaml'}", 5, "hosts.db2")
    assert "no service of this name; there are: db1, web" in error.problem


def test_a_variable_that_no_data_host_has_is_named_with_the_services(tmp_path: Path) -> None:
    error = refused(target(tmp_path, with_line("login", LOGIN)))
    assert (error.line, error.field) == (9, "login.password.env")
    assert "neither db1 nor db2 has 'DB_PASSWORD' in its environment in compose.yaml" in error.problem


def test_a_host_may_not_be_called_as_a_client_is(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match=r"hosts\.client1: so a drill's own client is called"):
        target(tmp_path, GOOD.replace("db1", "client1"))


def test_a_stand_in_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DrillError, match="nothing is called 'nonsense'; there are: debian_postgres, debian_redis"
    ):
        target(tmp_path, with_line("images", "images: {'redis:8': nonsense}"))


def test_only_orders_that_are_written_can_be_given(tmp_path: Path) -> None:
    assert target(tmp_path).controls() == frozenset()
    line = "orders: {promote: [a], rejoin: [b, '{primary}']}"
    assert target(tmp_path, with_line("orders", line)).controls() == {"promote", "rejoin"}


def test_clients_go_by_discovery_and_through_a_router_where_there_is_one(tmp_path: Path) -> None:
    assert {client.via for client in planned(target(tmp_path)).clients} == {"discovery"}
    routed = GOOD.replace("primary:", "  lb: {role: router, ports: [6380]}\nprimary:")
    assert {client.via for client in planned(target(tmp_path, routed)).clients} == {"router"}


def test_who_asks_inside_of_hosts_cannot_be_followed_by_clients(tmp_path: Path) -> None:
    text = with_line("primary", "primary: {ask: command, command: [role]}").replace(
        "load: {driver: redis}", "load: {driver: command, write: [a], read: [b], all: [c]}"
    )
    assert target(tmp_path, text).vias() == {"primary", "standby"}


def test_it_promises_the_detection_that_its_person_states_and_nothing_else(tmp_path: Path) -> None:
    line = "detection: {within: 10s, because: ttl of the lock}"
    promises = planned(target(tmp_path, with_line("detection", line))).promises
    assert (promises.detection.limit_s, promises.detection.formula) == (10.0, "10s: ttl of the lock")
    assert (promises.rpo, promises.lost_writes_max, promises.clients_know_epochs) == (None, None, False)


def test_a_drill_has_no_settings_of_it(tmp_path: Path) -> None:
    with pytest.raises(DrillError, match="what there is to say of this stack stands in"):
        target(tmp_path).settings({"down_after": "1s"})


@pytest.mark.parametrize("name", ["calm", "kill-primary", "isolate-primary", "pause-primary"])
def test_the_catalogue_s_own_questions_can_be_put_to_it(name: str, tmp_path: Path) -> None:
    assert planned(target(tmp_path), name).trials
