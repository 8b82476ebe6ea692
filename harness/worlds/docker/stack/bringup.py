"""Brings a woven stack up: the mesh first, then the services, at addresses that nobody else has."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import docker
from msgspec import Struct

from harness.model.errors import WorldError
from harness.seams import Stack
from harness.setup import machine, stand_ins
from harness.setup.images import TOXIPROXY, image_tag
from harness.worlds.docker.stack import composing, removal
from harness.worlds.docker.stack.diagnosis import BlockTakenError
from harness.worlds.docker.stack.engine import told_plainly
from harness.worlds.docker.stack.hostcontainers import HostContainers
from harness.worlds.docker.weaving import composefile
from harness.worlds.docker.weaving.blocks import RANGE, free_blocks
from harness.worlds.docker.weaving.dialect import Table
from harness.worlds.docker.weaving.meshparts import HUB_PORT, RESIDENT_PORT, Images
from harness.worlds.docker.weaving.ownership import Run
from harness.worlds.docker.weaving.weave import Woven, weave
from harness.worlds.faults.resident import Resident
from harness.worlds.links.hub import Hub
from harness.worlds.links.mesh import Mesh, mesh

Say = Callable[[str], None]

LOOPBACK = "127.0.0.1"
_ATTEMPTS_MAX = 5
_RESIDENT_WITHIN_S = 10.0
_UNDONE_WITHIN_S = 30.0


class Up(Struct, frozen=True):
    """A stack that is up, and the ways into it."""

    mesh: Mesh
    containers: HostContainers
    hub: Hub
    resident: Resident


class Bringup:
    """One start, in as many attempts as it takes to find a block of addresses that nobody takes first."""

    def __init__(
        self,
        *,
        client: docker.DockerClient,
        stack: Stack,
        compose: Table,
        run: Run,
        folder: Path,
        say: Say,
        own_disks: bool = False,
    ) -> None:
        """own_disks: named volumes of data hosts are of a size that a drill can fill."""
        self._client, self._stack, self._compose, self._run = client, stack, compose, run
        self._folder, self._say, self._own_disks = folder, say, own_disks
        self._token = secrets.token_hex(16)
        self._said: set[str] = set()

    def up(self) -> Up:
        """Raises DrillError for a stack that cannot be woven, WorldError, and what `say` raises.

        What it leaves behind then is the caller's to remove.
        """
        for _ in range(_ATTEMPTS_MAX):
            try:
                return self._up_at(self._block())
            except BlockTakenError:
                removal.until_gone(self._client, self._run.id, within_s=_UNDONE_WITHIN_S)
        raise WorldError(
            f"{_ATTEMPTS_MAX} address blocks in {RANGE} were taken by others while the stack started\n"
            "  try again when fewer runs start at once"
        )

    def _up_at(self, block: IPv4Address) -> Up:
        woven, placed = self._woven(block)
        file = composefile.write(self._folder, woven, placed, source=self._stack.compose_file)
        self._tell(f"starting the mesh: {len(placed.hosts)} hosts, {len(placed.proxies())} links …")
        composing.up(file, self._run, woven.mesh_services, say=self._say)
        containers = HostContainers(self._client, self._run.id)
        hub = Hub(LOOPBACK, containers.hub_port(HUB_PORT))
        resident = Resident(LOOPBACK, containers.hub_port(RESIDENT_PORT), self._token)
        try:
            resident.wait_until_ready(_RESIDENT_WITHIN_S)
            hub.create(placed.proxies())
            self._tell("starting the services …")
            composing.up(file, self._run, (), say=self._say)
            return Up(placed, HostContainers(self._client, self._run.id), hub, resident)
        except BaseException:
            resident.close()
            raise

    def _woven(self, block: IPv4Address) -> tuple[Woven, Mesh]:
        placed, needed = mesh(self._stack.hosts, block), stand_ins.needed(self._stack.stand_ins)
        for image, recipe in needed.items():
            self._tell(
                f"no registry gave {image}: {image_tag(recipe)}, made from Debian's packages, stands in"
            )
        images = Images(
            mesh=image_tag("mesh"),
            toxiproxy=TOXIPROXY,
            own={local: image_tag(recipe) for local, recipe in {**self._stack.images, **needed}.items()},
        )
        woven = weave(
            self._compose,
            self._stack,
            placed,
            self._run,
            images=images,
            token=self._token,
            own_disks=self._own_disks,
        )
        for note in woven.notes:
            self._tell(note)
        return woven, placed

    def _block(self) -> IPv4Address:
        """Any of the free ones: runs that start at once should not all take the first."""
        wanted = len(self._stack.hosts) + 1
        free = free_blocks(self._taken(), networks=wanted)
        if not free:
            raise WorldError(
                f"{RANGE} has no room for {wanted} networks in a row\n"
                "  `failover-drill clean` removes what ended runs left; `docker network ls` shows the rest"
            )
        return secrets.choice(free)

    def _taken(self) -> Iterator[str]:
        yield from machine.routes()
        with told_plainly("list the engine's networks"):
            networks = self._client.api.networks()
        for network in networks:
            for config in (network.get("IPAM") or {}).get("Config") or []:
                yield config.get("Subnet", "")

    def _tell(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._say(text)
