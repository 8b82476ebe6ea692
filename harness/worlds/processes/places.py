"""A mesh on loopback addresses: where each host runs, and where it finds the others. Pure.

The same addresses as among containers, in one block of 127/8: host i at .i.10, and for each peer j an address
.i.(100+j) where Toxiproxy listens on that peer's ports. A host is told no other address of a peer than this.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from harness.seams import LocalPlace
from harness.worlds.links.mesh import Mesh, MeshHost

HUB_PORT, RESIDENT_PORT, RAIL_PORT = 8474, 7400, 7401


def place(mesh: Mesh, host: MeshHost, *, folder: Path, token: str) -> LocalPlace:
    """folder: that of all hosts; each has one of its own there."""
    peers = {
        peer.name: host.address if peer is host else mesh.stands_for(host.name, peer.name)
        for peer in mesh.hosts
    }
    rail = has_rail(host)
    return LocalPlace(
        address=host.address,
        folder=folder / host.name,
        peers=peers,
        rail=f"{host.hub}:{RAIL_PORT}" if rail else "",
        rail_token=rail_token(token) if rail else "",
    )


def has_rail(host: MeshHost) -> bool:
    """Such a host reaches the power switches, and nothing else of the harness."""
    return host.stack.plan.role == "fence"


def rail_token(token: str) -> str:
    """The run's own would open everything."""
    return hashlib.sha256(f"rail {token}".encode()).hexdigest()


def ports(mesh: Mesh) -> frozenset[int]:
    """Where hosts are reached over links; what else they listen on they find out themselves."""
    return frozenset(port for host in mesh.hosts for port in host.stack.plan.ports)
