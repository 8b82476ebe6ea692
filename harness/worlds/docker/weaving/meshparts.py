"""The mesh's own services and networks, as a compose file has them: sandboxes, hub, resident. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from msgspec import Struct

from harness.model.drill import Json
from harness.worlds.docker.weaving.dialect import Table
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.links.mesh import Mesh, MeshHost

SANDBOX, HUB, RESIDENT = "fd-sandbox-", "fd-hub", "fd-resident"
CONTROL = "fd-control"
HUB_PORT, RESIDENT_PORT, RAIL_PORT = 8474, 7400, 7401
PROXIES_FILE = "proxies.json"


class Images(Struct, frozen=True, kw_only=True):
    """Whole names. own: those of the compose file that are ours, by their local names."""

    mesh: str
    toxiproxy: str
    own: Mapping[str, str]


# An unknown name would take 20 s to fail on a network without a way out; without name servers it takes none.
NO_NAME_SERVERS: Table = {
    "type": "bind",
    "source": "/dev/null",
    "target": "/etc/resolv.conf",
    "read_only": True,
}


def network(place: MeshHost, run: Run) -> Table:
    """A host's own network: nobody but the host and the hub is on it, and nothing leads out."""
    return {
        "internal": True,
        "ipam": {"config": [{"subnet": place.network}]},
        "labels": dict(run.labels(host=place.name)),
    }


def control_network(mesh: Mesh, run: Run) -> Table:
    """An ordinary bridge, since a port published on an internal network gets no mapping."""
    return {
        "driver": "bridge",
        "driver_opts": {"com.docker.network.bridge.enable_ip_masquerade": "false"},
        "ipam": {"config": [{"subnet": mesh.control}]},
        "labels": dict(run.labels()),
    }


def sandbox(place: MeshHost, names: Mapping[str, str], run: Run, images: Images) -> Table:
    """Owns a host's network namespace and is never killed, so the address outlives the service.

    names: what the host finds in its hosts file.
    """
    return {
        "image": images.mesh,
        "pull_policy": "never",
        "hostname": place.name,
        "networks": {place.name: {"ipv4_address": place.address}},
        "extra_hosts": dict(names),
        "volumes": [dict(NO_NAME_SERVERS)],
        # What of the machine listens on all addresses would answer at the bridge's own.
        "command": ["sh", "-ec", _close_the_way_out(place)],
        "cap_drop": ["ALL"],
        "cap_add": ["NET_ADMIN"],
        "stop_signal": "SIGKILL",
        "labels": dict(run.labels(host=place.name, part="sandbox")),
    }


def _close_the_way_out(place: MeshHost) -> str:
    return (
        "ip route del default 2>/dev/null || true; "
        f"ip route add unreachable {place.gateway}/32; exec sleep infinity"
    )


def hub(mesh: Mesh, run: Run, images: Images) -> Table:
    """Toxiproxy, in every network. Its control port listens on the control network alone.

    It knows its proxies from the start and may listen on addresses that the resident only then adds, so the
    file can be brought up by hand too.
    """
    networks: Table = {place.name: {"ipv4_address": place.hub} for place in mesh.hosts}
    networks[CONTROL] = {"ipv4_address": mesh.control_hub, "priority": 1000}
    return {
        "image": images.toxiproxy,
        "pull_policy": "never",
        "command": [f"-host={mesh.control_hub}", f"-port={HUB_PORT}", f"-config=/{PROXIES_FILE}"],
        "environment": {"LOG_LEVEL": "warn"},  # its default is a line for every connection
        "networks": networks,
        "ports": [f"127.0.0.1::{port}" for port in (HUB_PORT, RESIDENT_PORT)],
        "volumes": [
            {"type": "bind", "source": f"./{PROXIES_FILE}", "target": f"/{PROXIES_FILE}", "read_only": True}
        ],
        "sysctls": {
            "net.ipv4.ip_nonlocal_bind": "1",
            "net.ipv4.ip_forward": "0",  # it relays connections, never packets
            # A proxy dials in its only accept loop: an upstream that does not answer must not block it long.
            "net.ipv4.tcp_syn_retries": "1",
        },
        "stop_signal": "SIGKILL",
        "labels": dict(run.labels(part="hub")),
    }


def resident(mesh: Mesh, run: Run, images: Images, *, token: str) -> Table:
    """The injector beside the hub: in its network, and seeing every process of the machine."""
    return {
        "image": images.mesh,
        "pull_policy": "never",
        "network_mode": f"service:{HUB}",
        "pid": "host",
        "working_dir": "/opt/failover-drill",
        "command": [
            *("python3", "-m", "inside.resident"),
            *("--host", mesh.control_hub, "--port", str(RESIDENT_PORT)),
        ],
        "environment": {
            "FAILOVER_DRILL_TOKEN": token,
            "FAILOVER_DRILL_MESH": json.dumps(stand_ins(mesh)),
            "FAILOVER_DRILL_RAIL": json.dumps(
                [
                    {"address": place.hub, "port": RAIL_PORT, "token": rail_token(token)}
                    for place in mesh.hosts
                    if has_rail(place)
                ]
            ),
        },
        "cap_add": ["NET_ADMIN", "KILL", "SYS_PTRACE", "SYS_ADMIN"],
        # Its sandboxes first: then who waits for the resident finds the whole mesh.
        "depends_on": {f"{SANDBOX}{place.name}": {"condition": "service_started"} for place in mesh.hosts},
        "stop_signal": "SIGKILL",
        "labels": dict(run.labels(part="resident")),
    }


def has_rail(place: MeshHost) -> bool:
    """Such a host reaches the power switches, and nothing else of the harness."""
    return place.stack.plan.role == "fence"


def rail_environment(place: MeshHost, *, token: str) -> Table:
    """For the service of a host that has the power switches: where they are, and what to show there."""
    return {"FAILOVER_DRILL_RAIL": f"{place.hub}:{RAIL_PORT}", "FAILOVER_DRILL_RAIL_TOKEN": rail_token(token)}


def rail_token(token: str) -> str:
    """The run's own would open everything."""
    return hashlib.sha256(f"rail {token}".encode()).hexdigest()


def stand_ins(mesh: Mesh) -> list[dict[str, Json]]:
    """The addresses that the hub must have on each network, beside its own there."""
    return [
        {
            "beside": place.hub,
            "add": [mesh.stands_for(place.name, peer.name) for peer in mesh.hosts if peer is not place],
        }
        for place in mesh.hosts
    ]


def proxies_file(mesh: Mesh) -> str:
    """Toxiproxy's configuration, for its start."""
    rows = [
        {"name": proxy.name, "listen": proxy.listen, "upstream": proxy.upstream, "enabled": True}
        for proxy in mesh.proxies()
    ]
    return json.dumps(rows, indent=1) + "\n"
