"""What of a compose file may come along into the mesh. Pure; changes nothing, ignores addresses.

Refused is what would reach past the mesh, or touch what is not the run's own: a drill kills, cuts and
removes, so all that it works on must be its own. What only loses its meaning in the mesh is left behind,
and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from harness.model.drill import Json
from harness.model.errors import DrillError
from harness.seams import Stack
from harness.worlds.docker.weaving.dialect import Table, rows, table, tables, text

# The mesh's own services; nobody else's may be called so.
OURS = "fd-"


class _Refusal(Struct, frozen=True):
    """field is relative to the service, or to the top of the file; problem ends with the fix."""

    field: str
    problem: str


_OWN_NAMESPACE = "shares a namespace with the machine; remove it"
_NEVER: Mapping[str, tuple[tuple[Json, ...], str]] = {
    "privileged": ((True,), "gives it the whole machine; name the single capabilities under cap_add"),
    "use_api_socket": ((True,), "gives it the engine; remove it"),
    "pid": (("host",), _OWN_NAMESPACE),
    "ipc": (("host",), _OWN_NAMESPACE),
    "uts": (("host",), _OWN_NAMESPACE),
    "cgroup": (("host",), _OWN_NAMESPACE),
    "userns_mode": (("host",), _OWN_NAMESPACE),
}
_NOT_BY_ITSELF = "a killed process stays dead until the drill starts it again"
# Field, of the service or of its `deploy` -> why it stays behind.
_LEFT_BEHIND: Mapping[str, str] = {
    "ports": "nothing of a stack under drill is published",
    "container_name": "the run names its containers; peers still reach it by that name",
    "restart": _NOT_BY_ITSELF,
    "restart_policy": _NOT_BY_ITSELF,
    "dns": "the mesh has no name server; peers' names are in its hosts file",
    "mac_address": "the mesh gives the address",
}


def admit(compose: Table, stack: Stack) -> tuple[str, ...]:
    """What is left behind, one line each. Raises DrillError for the first thing that may not come along."""
    services = tables(compose.get("services"))
    hosts = {host.service for host in stack.hosts}
    for refusal in _refusals(compose, services, stack):
        raise DrillError(refusal.problem, path=stack.compose_file, field=refusal.field)
    return (
        *(note for name, service in services.items() for note in _notes(name, service, name in hosts)),
        *(
            f"network {name} is left out: the mesh stands in its place"
            for name, network in tables(compose.get("networks")).items()
            if network.get("external")
        ),
    )


def udp_port(service: Table) -> str:
    """The first UDP port that it publishes or exposes, empty for none."""
    published = (
        text(port.get("target"))
        for port in map(table, rows(service.get("ports")))
        if port.get("protocol") == "udp"
    )
    exposed = (port for port in map(text, rows(service.get("expose"))) if port.endswith("/udp"))
    return next(published, "") or next(exposed, "").removesuffix("/udp")


def _refusals(compose: Table, services: Mapping[str, Table], stack: Stack) -> Iterator[_Refusal]:
    yield from _of_names(services, stack)
    for name, service in services.items():
        for refusal in _of_service(service):
            yield _Refusal(f"services.{name}.{refusal.field}", refusal.problem)
    for name, volume in tables(compose.get("volumes")).items():
        yield from _of_named_volume(name, volume)
    for kind in ("secrets", "configs"):
        for name, file in tables(compose.get(kind)).items():
            if file.get("external"):
                yield _Refusal(f"{kind}.{name}", "is external, which only a swarm has; give it a `file:`")


def _of_names(services: Mapping[str, Table], stack: Stack) -> Iterator[_Refusal]:
    for host in stack.hosts:
        if host.service not in services:
            there = ", ".join(services) or "none"
            problem = f"the drill's host {host.plan.name} is the service '{host.service}', which is not there"
            yield _Refusal(
                "services", f"{problem}; there are: {there} (COMPOSE_PROFILES adds those of a profile)"
            )
    for name in services:
        if name.startswith(OURS):
            yield _Refusal(
                f"services.{name}", f"names that begin with '{OURS}' are the mesh's; rename the service"
            )


def _of_service(service: Table) -> Iterator[_Refusal]:
    for field, (wrong, why) in _NEVER.items():
        if service.get(field) in wrong:
            yield _Refusal(field, f"'{text(service.get(field)).lower()}' {why}")
    if port := udp_port(service):
        yield _Refusal("ports", f"{port}/udp: the links of the mesh carry TCP alone; leave the port out")
    if _copies(service) != 1:
        yield _Refusal("deploy.replicas", "a host is one container; write a service for each")
    if problem := _of_network(service):
        yield _Refusal("network_mode", problem)
    if service.get("external_links"):
        yield _Refusal("external_links", "lead out of the stack; bring that service into the file")
    for index, volume in enumerate(map(table, rows(service.get("volumes")))):
        if problem := _of_mount(volume):
            yield _Refusal(f"volumes[{index}]", problem)
    for other in map(text, rows(service.get("volumes_from"))):
        if other.startswith("container:"):
            yield _Refusal("volumes_from", f"{other} is not of this stack; name a service, or use a volume")


def _copies(service: Table) -> Json:
    replicas = table(service.get("deploy")).get("replicas")
    return replicas if replicas is not None else service.get("scale", 1)


def _of_mount(volume: Table) -> str:
    """Why this mount may not come along; empty when it may."""
    source, target = text(volume.get("source")), text(volume.get("target"))
    match volume.get("type"):
        case "bind" if source.endswith("docker.sock"):
            return f"{source} gives it the engine, read-only or not; remove it"
        case "bind" if not volume.get("read_only"):
            return (
                f"a drill would write into {source}; mount it read-only (`{source}:{target}:ro`), "
                f"or use a named volume (`data:{target}`)"
            )
        case "npipe" | "cluster":
            return f"a mount of type {volume['type']} is not the run's own; use a named volume"
        case _:
            return ""


def _of_network(service: Table) -> str:
    """Why it may not have this network; empty when it may."""
    mode = text(service.get("network_mode"))
    if mode in ("", "none", "bridge"):
        return ""
    return f"'{mode}': a host has a network of its own, and its peers reach it there; remove network_mode"


def _of_named_volume(name: str, volume: Table) -> Iterator[_Refusal]:
    field, options = f"volumes.{name}", table(volume.get("driver_opts"))
    if volume.get("external"):
        yield _Refusal(
            field, "is external: its data is not the run's; leave `external` out, and the run has its own"
        )
    elif text(volume.get("driver")) not in ("", "local"):
        yield _Refusal(field, f"the driver {text(volume['driver'])} may share its data; leave the driver out")
    elif options and options.get("type") != "tmpfs":
        where = text(options.get("device")) or "something of the machine"
        yield _Refusal(
            field, f"stands for {where}, which is not the run's; leave driver_opts out, or use type tmpfs"
        )


def _notes(name: str, service: Table, is_host: bool) -> Iterator[str]:
    deploy = table(service.get("deploy"))
    for field, why in _LEFT_BEHIND.items():
        if service.get(field, deploy.get(field)) not in (None, [], "", "no"):
            yield f"{name}: {field} is left out: {why}"
    if fixed := list(_fixed_addresses(service)):
        yield f"{name}: the address {fixed[0]} is left out: the mesh gives addresses; use host names"
    if not is_host and service.get("network_mode") != "none":
        yield f"{name} is no host of this drill: it runs without a network"


def _fixed_addresses(service: Table) -> Iterable[str]:
    for network in tables(service.get("networks")).values():
        if address := text(network.get("ipv4_address")):
            yield address
