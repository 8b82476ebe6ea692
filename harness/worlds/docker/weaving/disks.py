"""Disks of the hosts' own, which a drill may fill: named volumes of a size, in memory. Pure.

A sandbox mounts its host's, too: what is in memory would be gone when nobody has it mounted any more, and a
sandbox outlives every fault.
"""

from __future__ import annotations

from collections.abc import Collection

from harness.worlds.docker.weaving.dialect import Table, rows, table, text
from harness.worlds.links.mesh import Mesh

# As harness.worlds.inside.room has it.
PLACE = "/failover-drill/disks"
_SIZE_MIB = 64
_OF_A_SIZE: Table = {
    "driver": "local",
    "driver_opts": {"type": "tmpfs", "device": "tmpfs", "o": f"size={_SIZE_MIB}m"},
}


def limited_volumes(service: Table, volumes: Table) -> list[str]:
    """Its named volumes, but those that the compose file has options for."""
    sources = [text(row.get("source")) for row in map(table, rows(service.get("volumes"))) if _is_volume(row)]
    return [name for name in dict.fromkeys(sources) if name in volumes and not _has_own(volumes[name])]


def of_a_size(volume: Table) -> Table:
    return {**volume, **_OF_A_SIZE}


def mounts(names: Collection[str]) -> list[Table]:
    """For a sandbox."""
    return [{"type": "volume", "source": name, "target": f"{PLACE}/{name}"} for name in names]


def of_data_hosts(mesh: Mesh, services: dict[str, Table], volumes: Table) -> dict[str, list[str]]:
    """Host -> its volumes that are to have a size."""
    return {
        host.name: limited_volumes(services[host.stack.service], volumes)
        for host in mesh.hosts
        if host.stack.plan.role == "data"
    }


def _is_volume(row: Table) -> bool:
    return row.get("type") == "volume" and bool(row.get("source"))


def _has_own(volume: object) -> bool:
    return isinstance(volume, dict) and bool(volume.get("driver_opts") or volume.get("external"))
