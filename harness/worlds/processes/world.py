"""Drills of local processes: one stack, from its start to its last trace."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from harness.model.errors import WorldError
from harness.model.plan import Plan
from harness.seams import Local, Stack, Target
from harness.setup.images import ROOT
from harness.worlds.links.mesh import Mesh, mesh
from harness.worlds.meshworld import Meshed, MeshWorld, all_of
from harness.worlds.processes import gear as gears
from harness.worlds.processes.addresses import must_be_free
from harness.worlds.processes.deaths import DeathWatch
from harness.worlds.processes.gear import Gear
from harness.worlds.processes.hosts import LocalHosts
from harness.worlds.processes.lifetime import Lifetime
from harness.worlds.processes.places import place, ports

Say = Callable[[str], None]


class Up(Struct, frozen=True, kw_only=True):
    """A stack that is up."""

    mesh: Mesh
    gear: Gear
    hosts: LocalHosts


class ProcessesWorld(MeshWorld):
    """Offers harness.seams.World."""

    @staticmethod
    def open(
        plan: Plan, target: Target, local: Local, folder: Path, say: Say, *, toxiproxy: Path
    ) -> ProcessesWorld:
        """Bring up the target's stack. toxiproxy: the server's program.

        Raises WorldError, TargetError, and whatever `say` raises; then nothing of it is left.
        """
        origin_s = time.monotonic()
        stack = target.stack(plan, ROOT / "compose")
        lifetime = Lifetime(folder)
        try:
            up = _up(stack, local, lifetime, toxiproxy=toxiproxy, say=say)
            say(f"the stack is up after {time.monotonic() - origin_s:.1f} s")
            return ProcessesWorld(plan, target, stack, up, lifetime, origin_s=origin_s)
        except BaseException:
            # It must not hide the reason; the reaper goes on where this ends too soon.
            with suppress(WorldError):
                lifetime.end()
            raise

    def __init__(
        self, plan: Plan, target: Target, stack: Stack, up: Up, lifetime: Lifetime, *, origin_s: float
    ) -> None:
        """For `open` alone."""
        self._lifetime, self._closed = lifetime, False
        names = [host.name for host in up.mesh.hosts]

        def watch_deaths(
            explained: Callable[[str], bool], broke: Callable[[BaseException], None]
        ) -> DeathWatch:
            lifetime.reaper.watch(broke)
            return DeathWatch(names, up.hosts, up.gear, lifetime.spawner, explained=explained, broke=broke)

        meshed = Meshed(
            mesh=up.mesh,
            hub=up.gear.hub,
            resident=up.gear.resident,
            containers=up.hosts,
            freezer=up.hosts,
        )
        super().__init__(
            plan, target, stack, meshed, origin_s=origin_s, watch_deaths=watch_deaths, heals=False
        )

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        all_of(self._stop_observing, self._lifetime.end)


def _up(stack: Stack, local: Local, lifetime: Lifetime, *, toxiproxy: Path, say: Say) -> Up:
    placed = mesh(stack.hosts, lifetime.block)
    # At an address that no host of the run has.
    must_be_free(placed.control_hub, ports(placed) | {stack.client_port})
    token = secrets.token_hex(16)
    say(f"starting {len(placed.proxies())} links between {len(placed.hosts)} hosts at {lifetime.block}/16 …")
    gear = gears.started(placed, lifetime.spawner, toxiproxy=toxiproxy, folder=lifetime.hosts, token=token)
    try:
        programs = {
            host.name: local.program(
                stack, host.stack, place(placed, host, folder=lifetime.hosts, token=token)
            )
            for host in placed.hosts
        }
        hosts = LocalHosts(programs, lifetime.hosts, lifetime.spawner)
        say("starting the hosts' processes …")
        for host in placed.hosts:
            hosts.start(host.name)
    except BaseException:
        gear.resident.close()
        raise
    return Up(mesh=placed, gear=gear, hosts=hosts)
