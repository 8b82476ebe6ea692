"""Who is told which address: of a peer never another one than where its link begins."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

from harness.model.plan import HostPlan, HostRole
from harness.seams import StackHost
from harness.worlds.links.mesh import mesh
from harness.worlds.processes.places import place, ports, rail_token


def of(name: str, role: HostRole, *ports: int) -> StackHost:
    return StackHost(plan=HostPlan(name=name, role=role, ports=ports), service=name)


MESH = mesh(
    [of("n1", "data", 7000), of("w1", "witness", 7200), of("fence", "fence", 8000)], IPv4Address("127.77.0.0")
)
FOLDER = Path("/nowhere")


def test_a_host_meets_each_peer_where_their_link_begins_and_itself_at_home() -> None:
    told = place(MESH, MESH.host("n1"), folder=FOLDER, token="t")
    assert told.address == told.peers["n1"] == "127.77.0.10"
    assert {told.peers["w1"], told.peers["fence"]} == {
        proxy.listen.rpartition(":")[0] for proxy in MESH.proxies() if proxy.source == "n1"
    }
    assert told.folder == FOLDER / "n1"


def test_the_power_switches_are_the_fence_device_s_alone() -> None:
    told = {host.name: place(MESH, host, folder=FOLDER, token="t") for host in MESH.hosts}
    assert told["fence"].rail == "127.77.2.2:7401"
    assert told["fence"].rail_token == rail_token("t") != "t"
    assert {told[name].rail for name in ("n1", "w1")} == {told["n1"].rail_token} == {""}


def test_every_port_of_a_link_has_to_be_free() -> None:
    assert ports(MESH) == {7000, 7200, 8000}
