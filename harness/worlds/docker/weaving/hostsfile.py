"""What hosts call each other, and the address behind each name on each host. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.model.errors import DrillError
from harness.worlds.docker.weaving.dialect import Table, addresses, rows, tables, text
from harness.worlds.links.mesh import Mesh, MeshHost

Names = Mapping[str, tuple[str, ...]]


def names(mesh: Mesh, services: Mapping[str, Table], *, path: str) -> Names:
    """Host -> all that its peers may call it. Raises DrillError, of the file `path`, when two share one."""
    found = {place.name: _names(place, services[place.stack.service]) for place in mesh.hosts}
    holder: dict[str, str] = {}
    for host, own in found.items():
        for name in own:
            if holder.setdefault(name, host) != host:
                raise DrillError(
                    f"both {holder[name]} and {host} are called '{name}'; in the mesh a name is one "
                    "host's: leave the alias out, or give each its own",
                    path=path,
                    field="services",
                )
    return found


def hosts_file(place: MeshHost, mesh: Mesh, named: Names, service: Table) -> dict[str, str]:
    """Name -> address on this host: what the person wrote, and over it the mesh.

    Without the line of its own host name, which Docker writes itself.
    """
    lines = dict(_lines(place, mesh, named, service))
    lines.pop(hostname(place, service), None)
    return lines


def hostname(place: MeshHost, service: Table) -> str:
    """What the host calls itself."""
    return text(service.get("hostname")) or place.name


def _names(place: MeshHost, service: Table) -> tuple[str, ...]:
    """Each once, the name in the drill first."""
    aliases = [
        text(alias)
        for network in tables(service.get("networks")).values()
        for alias in rows(network.get("aliases"))
    ]
    own = [
        place.name,
        place.stack.service,
        text(service.get("hostname")),
        text(service.get("container_name")),
    ]
    return tuple(dict.fromkeys(name for name in (*own, *aliases) if name))


def _lines(place: MeshHost, mesh: Mesh, named: Names, service: Table) -> Iterator[tuple[str, str]]:
    yield from addresses(service.get("extra_hosts")).items()
    by_service = {peer.stack.service: peer for peer in mesh.hosts if peer is not place}
    for link in map(text, rows(service.get("links"))):
        other, _, alias = link.partition(":")
        if alias and other in by_service:
            yield alias, mesh.stands_for(place.name, by_service[other].name)
    for peer in mesh.hosts:
        address = place.address if peer is place else mesh.stands_for(place.name, peer.name)
        for name in named[peer.name]:
            yield name, address
