"""Weaving: the person's file goes in, and what comes out keeps its meaning inside the mesh."""

from __future__ import annotations

import json

import pytest

from harness.model.errors import DrillError
from harness.model.plan import HostPlan
from harness.seams import StackHost
from harness.worlds.docker.weaving.dialect import Table, rows, table, tables
from harness.worlds.docker.weaving.weave import Woven
from tests.worlds.docker.examples import RUN, compose, host, stack, woven

# What names the run of a container that the engine has forgotten.
OURS = {"FAILOVER_DRILL_RUN": RUN.id}


def service(name: str, of: Woven) -> Table:
    return tables(of.compose["services"])[name]


def test_a_service_lives_on_the_network_of_its_sandbox() -> None:
    of = woven(compose())
    assert service("a", of)["network_mode"] == "service:fd-sandbox-a"
    assert service("fd-sandbox-a", of)["networks"] == {"a": {"ipv4_address": "198.18.40.10"}}
    assert table(of.compose["networks"])["a"] == {
        "internal": True,
        "ipam": {"config": [{"subnet": "198.18.40.0/24"}]},
        "labels": RUN.labels(host="a"),
    }


def test_what_belongs_to_a_network_moves_to_the_sandbox() -> None:
    of = woven(
        compose(
            a={
                "hostname": "db-a",
                "domainname": "example.test",
                "sysctls": {"net.core.somaxconn": "512", "kernel.shmmax": "1"},
            }
        )
    )
    sandbox, db = service("fd-sandbox-a", of), service("a", of)
    assert (sandbox["hostname"], sandbox["domainname"]) == ("db-a", "example.test")
    assert sandbox["sysctls"] == {"net.core.somaxconn": "512"}
    assert db["sysctls"] == {"kernel.shmmax": "1"}
    assert "hostname" not in db and "domainname" not in db


def test_nothing_is_left_that_publishes_restarts_or_reaches_out() -> None:
    everything: Table = {
        "ports": [{"target": 80, "published": "80", "protocol": "tcp"}],
        "expose": ["80"],
        "container_name": "x",
        "restart": "always",
        "deploy": {
            "restart_policy": {"condition": "any"},
            "replicas": 1,
            "resources": {"limits": {"cpus": "1"}},
        },
        "dns": ["1.1.1.1"],
        "extra_hosts": ["x=1.2.3.4"],
        "networks": {"default": {"ipv4_address": "172.28.0.3"}},
        "links": ["b"],
        "profiles": ["p"],
        "mac_address": "02:42:ac:11:65:43",
    }
    db = service("a", woven(compose(a=everything)))
    assert set(db) == {"image", "deploy", "network_mode", "volumes", "depends_on", "labels", "environment"}
    assert db["environment"] == OURS
    assert db["deploy"] == {"resources": {"limits": {"cpus": "1"}}}


def test_what_a_service_is_stays() -> None:
    kept: Table = {
        "build": {"context": "/src", "dockerfile": "Dockerfile"},
        "command": ["serve"],
        "healthcheck": {"test": ["CMD", "true"]},
        "environment": {"A": "a$$b"},
        "secrets": [{"source": "key"}],
        "stop_grace_period": "2s",
        "user": "postgres",
    }
    db = service("a", woven(compose(a=kept)))
    assert {name: db[name] for name in kept} == kept | {"environment": {"A": "a$$b", **OURS}}


def test_services_wait_for_each_other_as_before_and_for_the_whole_mesh() -> None:
    before: Table = {"b": {"condition": "service_healthy", "required": True}}
    of = woven(compose(a={"depends_on": before}))
    assert service("a", of)["depends_on"] == {**before, "fd-resident": {"condition": "service_started"}}
    assert set(table(service("fd-resident", of)["depends_on"])) == {"fd-sandbox-a", "fd-sandbox-b"}
    assert of.mesh_services == ("fd-sandbox-a", "fd-sandbox-b", "fd-hub", "fd-resident")


def test_a_dependency_of_a_profile_that_is_not_chosen_is_left_out() -> None:
    """Compose takes what is not required, but not what is not there."""
    of = woven(compose(a={"depends_on": {"x": {"condition": "service_started", "required": False}}}))
    assert set(table(service("a", of)["depends_on"])) == {"fd-resident"}


def test_named_volumes_become_the_runs_own() -> None:
    of = woven(compose(volumes={"data": {"name": "theirs_data", "labels": {"keep": "me"}}}))
    assert of.compose["volumes"] == {"data": {"labels": {"keep": "me", **RUN.labels()}}}


def test_for_a_drill_that_fills_disks_they_have_a_size_and_the_sandbox_keeps_them_mounted() -> None:
    kept: Table = {"type": "volume", "source": "data", "target": "/data"}
    written = compose(a={"volumes": [kept]}, volumes={"data": {"name": "theirs_data"}})
    sized = woven(written, own_disks=True)
    volume = table(table(sized.compose["volumes"])["data"])
    assert table(volume["driver_opts"])["type"] == "tmpfs"
    assert kept in rows(service("a", sized)["volumes"])
    at_sandbox = kept | {"target": "/failover-drill/disks/data"}
    assert at_sandbox in rows(service("fd-sandbox-a", sized)["volumes"])
    assert at_sandbox not in rows(service("fd-sandbox-a", woven(written))["volumes"])


def test_secrets_and_configs_stay_without_their_old_names() -> None:
    of = woven(
        compose(
            secrets={"key": {"name": "theirs_key", "file": "/src/key"}},
            configs={"c": {"name": "theirs_c", "content": "x"}},
        )
    )
    assert of.compose["secrets"] == {"key": {"file": "/src/key"}}
    assert of.compose["configs"] == {"c": {"content": "x"}}


def test_an_image_of_ours_comes_by_its_tag_and_is_told_the_settings() -> None:
    of = woven(
        compose(a={"image": "ours/node:latest", "environment": {"SETTINGS": "", "OWN": "1"}}),
        stack(environment={"SETTINGS": '{"price": "5$"}'}),
    )
    node = service("a", of)
    assert node["image"] == "ours/node:abc"
    assert node["environment"] == {"SETTINGS": '{"price": "5$$"}', "OWN": "1", **OURS}
    assert service("b", of)["environment"] == OURS


def test_a_built_image_keeps_the_name_that_it_has_by_hand() -> None:
    written = compose(a={"build": {"context": "/src"}})
    del tables(written["services"])["a"]["image"]
    assert service("a", woven(written))["image"] == "theirs-a"


def test_a_service_that_is_no_host_runs_without_a_network() -> None:
    of = woven(compose(services={"migrate": {"image": "x", "networks": {"default": None}}}))
    assert service("migrate", of) == {
        "image": "x",
        "network_mode": "none",
        "labels": RUN.labels(part="service"),
        "environment": OURS,
    }


def test_everything_carries_the_runs_labels() -> None:
    of = woven(compose(volumes={"data": {}}, services={"migrate": {"image": "x"}}))
    labelled = [
        *tables(of.compose["services"]).values(),
        *tables(of.compose["networks"]).values(),
        *tables(of.compose["volumes"]).values(),
    ]
    assert all(RUN.labels().items() <= table(each["labels"]).items() for each in labelled)


def test_only_the_hub_publishes_and_only_on_loopback() -> None:
    services = tables(woven(compose()).compose["services"])
    assert {name: of["ports"] for name, of in services.items() if "ports" in of} == {
        "fd-hub": ["127.0.0.1::8474", "127.0.0.1::7400"]
    }


def test_toxiproxys_control_port_listens_on_the_control_network_alone() -> None:
    hub = service("fd-hub", woven(compose()))
    assert table(hub["networks"])["fd-control"] == {"ipv4_address": "198.18.42.2", "priority": 1000}
    assert "-host=198.18.42.2" in rows(hub["command"])


def test_a_sandbox_closes_the_way_out_and_asks_no_name_server() -> None:
    of = woven(compose())
    sandbox = service("fd-sandbox-b", of)
    assert "ip route add unreachable 198.18.41.1/32" in str(rows(sandbox["command"])[-1])
    for name in ("fd-sandbox-b", "b"):
        mounts = [table(mount) for mount in rows(service(name, of)["volumes"])]
        assert {
            "type": "bind",
            "source": "/dev/null",
            "target": "/etc/resolv.conf",
            "read_only": True,
        } in mounts


def test_the_resident_is_told_which_addresses_the_hub_must_have() -> None:
    environment = table(service("fd-resident", woven(compose()))["environment"])
    assert environment["FAILOVER_DRILL_TOKEN"] == "s3cret"
    assert json.loads(str(environment["FAILOVER_DRILL_MESH"])) == [
        {"beside": "198.18.40.2", "add": ["198.18.40.101"]},
        {"beside": "198.18.41.2", "add": ["198.18.41.100"]},
    ]


def test_the_persons_file_is_left_as_it_is() -> None:
    written = compose(a={"labels": {"x": "y"}, "volumes": [], "environment": {}})
    before = json.dumps(written)
    woven(written)
    assert json.dumps(written) == before


def test_what_may_not_come_along_is_not_woven() -> None:
    with pytest.raises(DrillError, match="privileged"):
        woven(compose(a={"privileged": True}))


def test_a_host_that_has_the_power_switches_finds_them_beside_the_hub_and_no_other_host_does() -> None:
    """At the hub's address on its own network, with a token that opens nothing else."""
    fence = StackHost(plan=HostPlan(name="b", role="fence"), service="b")
    of = woven(compose(b={"environment": {"X": "1"}}), stack(host("a", 5432), fence))
    environment = table(service("b", of)["environment"])
    assert environment["X"] == "1" and environment["FAILOVER_DRILL_RAIL"] == "198.18.41.2:7401"
    assert "s3cret" not in str(environment) and "FAILOVER_DRILL_RAIL" not in str(service("a", of))
    (listens,) = json.loads(str(table(service("fd-resident", of)["environment"])["FAILOVER_DRILL_RAIL"]))
    token = environment["FAILOVER_DRILL_RAIL_TOKEN"]
    assert listens == {"address": "198.18.41.2", "port": 7401, "token": token}
