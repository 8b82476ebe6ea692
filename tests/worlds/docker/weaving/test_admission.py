"""What may not come along into the mesh is refused with its fix; what loses its meaning there is named."""

from __future__ import annotations

import pytest

from harness.model.errors import DrillError, ExitCode
from harness.worlds.docker.weaving.admission import admit
from harness.worlds.docker.weaving.dialect import Table
from tests.worlds.docker.examples import PATH, compose, host, stack


@pytest.mark.parametrize(
    ("field", "service", "fix"),
    [
        ("privileged", {"privileged": True}, "cap_add"),
        ("use_api_socket", {"use_api_socket": True}, "remove it"),
        ("pid", {"pid": "host"}, "remove it"),
        ("ipc", {"ipc": "host"}, "remove it"),
        ("network_mode", {"network_mode": "host"}, "remove network_mode"),
        ("network_mode", {"network_mode": "service:b"}, "remove network_mode"),
        ("network_mode", {"network_mode": "container:other"}, "remove network_mode"),
        ("ports", {"ports": [{"target": 53, "protocol": "udp"}]}, "TCP alone"),
        ("ports", {"expose": ["53/udp"]}, "TCP alone"),
        ("deploy.replicas", {"deploy": {"replicas": 2}}, "a service for each"),
        ("deploy.replicas", {"scale": 3}, "a service for each"),
        ("external_links", {"external_links": ["other"]}, "bring that service into the file"),
        ("volumes_from", {"volumes_from": ["container:other"]}, "use a volume"),
    ],
)
def test_what_reaches_past_the_mesh_is_refused(field: str, service: Table, fix: str) -> None:
    error = refusal(compose(a=service))
    assert error.field == f"services.a.{field}"
    assert fix in error.problem


@pytest.mark.parametrize(
    ("mount", "fix"),
    [
        ({"type": "bind", "source": "/home/me/data", "target": "/data"}, "/home/me/data:/data:ro"),
        ({"type": "bind", "source": "/run/docker.sock", "target": "/s", "read_only": True}, "remove it"),
        ({"type": "cluster", "source": "x", "target": "/x"}, "named volume"),
    ],
)
def test_a_mount_that_a_drill_could_harm_is_refused(mount: Table, fix: str) -> None:
    error = refusal(compose(a={"volumes": [mount]}))
    assert error.field == "services.a.volumes[0]"
    assert fix in error.problem


@pytest.mark.parametrize(
    "mount",
    [
        {"type": "bind", "source": "/etc/haproxy.cfg", "target": "/h.cfg", "read_only": True},
        {"type": "volume", "source": "data", "target": "/data"},
        {"type": "volume", "target": "/scratch"},
        {"type": "tmpfs", "target": "/tmp"},
    ],
)
def test_mounts_of_the_runs_own_come_along(mount: Table) -> None:
    assert admit(compose(a={"volumes": [mount]}), stack()) == ()


@pytest.mark.parametrize(
    ("volume", "fix"),
    [
        ({"external": True}, "leave `external` out"),
        ({"driver": "nfs"}, "leave the driver out"),
        ({"driver_opts": {"type": "none", "o": "bind", "device": "/srv/data"}}, "/srv/data"),
    ],
)
def test_a_named_volume_with_somebody_elses_data_is_refused(volume: Table, fix: str) -> None:
    error = refusal(compose(volumes={"data": volume}))
    assert error.field == "volumes.data"
    assert fix in error.problem


def test_a_volume_in_memory_comes_along() -> None:
    memory: Table = {"driver": "local", "driver_opts": {"type": "tmpfs", "device": "tmpfs"}}
    assert admit(compose(volumes={"data": memory}), stack()) == ()


def test_an_external_secret_is_refused() -> None:
    assert refusal(compose(secrets={"key": {"external": True}})).field == "secrets.key"


def test_a_host_whose_service_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DrillError, match=r"host db is the service 'postgres'.*there are: a, b"):
        admit(compose(), stack(host("db", service="postgres")))


def test_a_service_with_a_name_of_the_meshs_is_refused() -> None:
    assert refusal(compose(services={"fd-hub": {"image": "x"}})).field == "services.fd-hub"


def test_a_refusal_names_the_file_and_is_a_wrong_input() -> None:
    error = refusal(compose(a={"privileged": True}))
    assert error.path == PATH
    assert error.exit_code == ExitCode.WRONG_INPUT


@pytest.mark.parametrize(
    ("service", "named"),
    [
        ({"ports": [{"target": 80, "protocol": "tcp"}]}, "a: ports is left out"),
        ({"container_name": "db1"}, "a: container_name is left out"),
        ({"restart": "always"}, "a: restart is left out"),
        ({"deploy": {"restart_policy": {"condition": "any"}}}, "a: restart_policy is left out"),
        ({"dns": ["1.1.1.1"]}, "a: dns is left out"),
        ({"networks": {"default": {"ipv4_address": "172.28.0.3"}}}, "a: the address 172.28.0.3 is left out"),
    ],
)
def test_what_loses_its_meaning_is_named(service: Table, named: str) -> None:
    notes = admit(compose(a=service), stack())
    assert len(notes) == 1
    assert notes[0].startswith(named)


def test_a_network_of_somebody_elses_is_named() -> None:
    notes = admit(compose(networks={"proxy": {"external": True}}), stack())
    assert notes == ("network proxy is left out: the mesh stands in its place",)


def test_an_ordinary_file_leaves_nothing_behind() -> None:
    assert admit(compose(a={"restart": "no", "ports": []}), stack()) == ()


def test_a_service_that_is_no_host_is_named() -> None:
    notes = admit(compose(services={"migrate": {"image": "x"}}), stack())
    assert notes == ("migrate is no host of this drill: it runs without a network",)


def refusal(written: Table) -> DrillError:
    with pytest.raises(DrillError) as caught:
        admit(written, stack())
    return caught.value
