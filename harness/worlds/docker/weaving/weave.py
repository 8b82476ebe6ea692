"""A person's compose file and the mesh -> one woven compose file. Pure: no file, no engine.

For every host a sandbox owns the network, and the host's service joins it; peers' names lead to the hub,
which forwards to the peers. Everything carries the run's labels, so all of it can be found and removed.
"""

from __future__ import annotations

from msgspec import Struct

from harness.model.drill import Json
from harness.seams import Stack
from harness.worlds.docker.weaving import disks, meshparts
from harness.worlds.docker.weaving.admission import admit
from harness.worlds.docker.weaving.dialect import Table, literal, rows, table, tables, text
from harness.worlds.docker.weaving.hostsfile import hostname, hosts_file, names
from harness.worlds.docker.weaving.meshparts import CONTROL, HUB, NO_NAME_SERVERS, RESIDENT, SANDBOX, Images
from harness.worlds.docker.weaving.ownership import VARIABLE, Run
from harness.worlds.links.mesh import Mesh, MeshHost

# What the sandbox owns now, what the mesh replaces, and what admission names as left out.
_NETWORK_FIELDS = frozenset(
    {
        "dns",
        "dns_opt",
        "dns_search",
        "domainname",
        "expose",
        "extra_hosts",
        "hostname",
        "links",
        "mac_address",
        "network_mode",
        "networks",
        "ports",
    }
)
_RUN_FIELDS = frozenset({"container_name", "profiles", "restart", "scale"})
# Of `deploy`, what Compose itself would follow, less what starts or multiplies containers.
_DEPLOY_FIELDS = frozenset({"resources"})


class Woven(Struct, frozen=True, kw_only=True):
    """compose: the whole woven file. mesh_services: those to be up first. notes: for the person."""

    compose: Table
    mesh_services: tuple[str, ...]
    notes: tuple[str, ...]


def weave(
    compose: Table,
    stack: Stack,
    mesh: Mesh,
    run: Run,
    *,
    images: Images,
    token: str,
    own_disks: bool = False,
) -> Woven:
    """compose: the canonical form (`docker compose config`). Raises DrillError for what may not come.

    own_disks: named volumes of data hosts are of a size that a drill can fill.
    """
    notes = admit(compose, stack)
    loom = _Loom(compose, stack, mesh, run, images, token, own_disks)
    ours = loom.mesh_services(literal(token))
    woven: Table = {
        "name": run.project,
        "services": {**ours, **loom.services()},
        "networks": loom.networks(),
        "volumes": loom.volumes(),
        "secrets": loom.files("secrets"),
        "configs": loom.files("configs"),
    }
    return Woven(
        compose={key: value for key, value in woven.items() if value}, mesh_services=tuple(ours), notes=notes
    )


class _Loom:
    """One weaving: what everything is woven from, and a method for each part of the file."""

    def __init__(
        self,
        compose: Table,
        stack: Stack,
        mesh: Mesh,
        run: Run,
        images: Images,
        token: str,
        own_disks: bool,
    ) -> None:
        self._token = token
        self._compose, self._stack, self._mesh, self._run, self._images = compose, stack, mesh, run, images
        self._services = tables(compose.get("services"))
        volumes = table(compose.get("volumes"))
        self._disks = disks.of_data_hosts(mesh, self._services, volumes) if own_disks else {}
        self._names = names(mesh, self._services, path=stack.compose_file)

    def mesh_services(self, token: str) -> Table:
        parts: Table = {f"{SANDBOX}{place.name}": self._sandbox(place) for place in self._mesh.hosts}
        parts[HUB] = meshparts.hub(self._mesh, self._run, self._images)
        parts[RESIDENT] = meshparts.resident(self._mesh, self._run, self._images, token=token)
        return {name: self._named(table(part)) for name, part in parts.items()}

    def services(self) -> Table:
        """The person's services, each on the network of its host, or on none."""
        places = {place.stack.service: place for place in self._mesh.hosts}
        return {
            name: self._named(
                _without(
                    self._service(name, service, places.get(name))
                    | self._whereabouts(service, places.get(name))
                )
            )
            for name, service in self._services.items()
        }

    def networks(self) -> Table:
        own: Table = {place.name: meshparts.network(place, self._run) for place in self._mesh.hosts}
        own[CONTROL] = meshparts.control_network(self._mesh, self._run)
        return own

    def volumes(self) -> Table:
        """Volumes of the run's own, empty at its start: without their names in the person's project."""
        sized = {name for names in self._disks.values() for name in names}
        return {
            name: (disks.of_a_size(woven) if name in sized else woven)
            for name, volume in tables(self._compose.get("volumes")).items()
            if (woven := _without(volume, "name") | {"labels": self._labels(volume)})
        }

    def files(self, kind: str) -> Table:
        """Secrets or configs as they are, without their names in the person's project."""
        return {name: _without(file, "name") for name, file in tables(self._compose.get(kind)).items()}

    # --- one service --------------------------------------------------------------------------

    def _sandbox(self, place: MeshHost) -> Table:
        service = self._services[place.stack.service]
        lines = hosts_file(place, self._mesh, self._names, service)
        woven = meshparts.sandbox(place, lines, self._run, self._images)
        woven["hostname"] = hostname(place, service)
        woven["domainname"] = service.get("domainname")
        woven["sysctls"] = _sysctls(service, of_network=True)
        woven["volumes"] = [*rows(woven.get("volumes")), *disks.mounts(self._disks.get(place.name, []))]
        return _without(woven)

    def _service(self, name: str, service: Table, place: MeshHost | None) -> Table:
        """All but where it lives."""
        woven = {key: value for key, value in service.items() if key not in _NETWORK_FIELDS | _RUN_FIELDS}
        woven["image"] = self._image(name, service)
        woven["deploy"] = {
            key: value for key, value in table(service.get("deploy")).items() if key in _DEPLOY_FIELDS
        }
        if woven["image"] in self._images.own.values():
            woven["pull_policy"] = "never"
            written = table(service.get("environment"))
            woven["environment"] = written | self._environment(written)
        if place is not None and meshparts.has_rail(place):
            rail: Table = meshparts.rail_environment(place, token=self._token)
            woven["environment"] = table(woven.get("environment")) | rail
        return woven

    def _whereabouts(self, service: Table, place: MeshHost | None) -> Table:
        if place is None:
            return {"network_mode": "none", "labels": self._labels(service, part="service")}
        return {
            "network_mode": f"service:{SANDBOX}{place.name}",
            "volumes": [*rows(service.get("volumes")), dict(NO_NAME_SERVERS)],
            # The whole mesh first: who dials at its start then finds what it would find without a mesh.
            "depends_on": self._awaited(service) | {RESIDENT: {"condition": "service_started"}},
            "sysctls": _sysctls(service, of_network=False),
            "labels": self._labels(service, host=place.name, part="service"),
        }

    def _awaited(self, service: Table) -> Table:
        """Less those of a profile that is not chosen: what a file requires not, it need not have."""
        depends = table(service.get("depends_on"))
        return {name: how for name, how in depends.items() if name in self._services}

    def _image(self, name: str, service: Table) -> str:
        """Ours by its tag; one that is built keeps the name that `docker compose build` gives it by hand."""
        written = text(service.get("image"))
        for local in (written, written.removesuffix(":latest")):
            if local in self._images.own:
                return self._images.own[local]
        return written or f"{text(self._compose.get('name'))}-{name}"

    def _environment(self, written: Table) -> Table:
        """Of the stack's own only what the service names: a client is told no token."""
        return {name: literal(value) for name, value in self._stack.environment.items() if name in written}

    def _named(self, service: Table) -> Table:
        return service | {"environment": table(service.get("environment")) | {VARIABLE: self._run.id}}

    def _labels(self, labelled: Table, **more: str) -> Table:
        return table(labelled.get("labels")) | dict(self._run.labels(**more))


def _sysctls(service: Table, *, of_network: bool) -> Table:
    """Those of the network belong to whom the network belongs to."""
    return {
        name: value
        for name, value in table(service.get("sysctls")).items()
        if name.startswith("net.") is of_network
    }


def _without(whole: Table, *fields: str) -> dict[str, Json]:
    """Less these fields, and less what is empty."""
    return {key: value for key, value in whole.items() if key not in fields and value not in (None, {})}
