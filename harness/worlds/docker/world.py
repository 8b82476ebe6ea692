"""Drills in containers: one woven stack, from its start to its last trace."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import docker

from harness.model.command import Command, Wake
from harness.model.event import Event, Woke
from harness.model.plan import Plan
from harness.seams import Stack, Target
from harness.setup.images import ROOT
from harness.workloads.wire import LoadClient
from harness.worlds.docker import composefile, engine
from harness.worlds.docker.bringup import Bringup, Up
from harness.worlds.docker.deaths import DeathWatch
from harness.worlds.docker.desk import Desk
from harness.worlds.docker.explained import Explained
from harness.worlds.docker.inbox import Inbox
from harness.worlds.docker.injection import Injection
from harness.worlds.docker.lifetime import Lifetime
from harness.worlds.docker.noise import NoiseWatch
from harness.worlds.docker.wakes import Wakes

Say = Callable[[str], None]

_ADVANCE_S = 0.1


class DockerWorld:
    """Offers harness.seams.World."""

    @staticmethod
    def open(plan: Plan, target: Target, folder: Path, say: Say, keep: bool) -> DockerWorld:
        """Bring up the target's stack. keep: leave it running at the end.

        Raises DrillError for a compose file that cannot be woven, WorldError, and whatever `say` raises; then
        nothing of it is left.
        """
        origin_s = time.monotonic()
        client = engine.connect()
        engine.must_share_the_kernel(client)
        stack = target.stack(plan, ROOT / "compose")
        compose = composefile.read(stack.compose_file)
        lifetime = Lifetime(client, folder)
        try:
            up = Bringup(
                client=client, stack=stack, compose=compose, run=lifetime.run, folder=folder, say=say
            ).up()
            say(f"the stack is up after {time.monotonic() - origin_s:.1f} s")
            return DockerWorld(plan, target, stack, up, client, lifetime, origin_s=origin_s, keep=keep)
        except BaseException:
            lifetime.abandon()
            client.close()
            raise

    def __init__(
        self,
        plan: Plan,
        target: Target,
        stack: Stack,
        up: Up,
        client: docker.DockerClient,
        lifetime: Lifetime,
        *,
        origin_s: float,
        keep: bool,
    ) -> None:
        """For `open` alone."""
        self._up, self._client, self._lifetime, self._keep = up, client, lifetime, keep
        self._origin_s, self._closed = origin_s, False
        self._inbox, self._wakes, explained = Inbox(), Wakes(), Explained()
        self._injection = Injection(
            mesh=up.mesh, hub=up.hub, resident=up.resident, containers=up.containers, clock=self._since_origin
        )
        self._noise = NoiseWatch(emit=self._inbox.tell, clock=self._since_origin)
        self._watch = target.watch(plan, self._dial, self._inbox.tell, self._since_origin)
        self._loads = {client.host: self._load(client.host, stack.client_port) for client in plan.clients}
        self._desk = Desk(
            injector=self._injection,
            watch=self._watch,
            loads=self._loads,
            explained=explained,
            inbox=self._inbox,
            now_s=self.now_s,
        )
        self._deaths = DeathWatch(
            client, lifetime.run.id, up.containers, explained=explained, broke=self._inbox.broke
        )

    def perform(self, command: Command) -> None:
        self._inbox.raise_broken()
        if isinstance(command, Wake):
            self._wakes.add(command.wake_id, self.now_s() + command.after_s)
        else:
            self._desk.take(command)

    def advance(self) -> Sequence[Event]:
        wait_s = self._wakes.in_s(self.now_s(), at_most_s=_ADVANCE_S)
        events = self._inbox.take(wait_s)
        now_s = self.now_s()
        return [*events, *(Woke(wake_id=wake_id, at_s=now_s) for wake_id in self._wakes.due(now_s))]

    def now_s(self) -> float:
        return self._since_origin(time.monotonic())

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        _all_of(
            self._desk.close,
            # Else the faults go with the containers.
            *([self._injection.heal_all] if self._keep else []),
            self._deaths.close,
            self._inbox.close,
            *(load.close for load in self._loads.values()),
            self._watch.close,
            self._noise.close,
            self._up.resident.close,
            self._lifetime.save_logs,
            lambda: self._lifetime.end(keep=self._keep),
            self._client.close,
        )

    def _since_origin(self, raw_s: float) -> float:
        return raw_s - self._origin_s

    def _dial(self, host: str, port: int) -> socket.socket:
        return self._up.resident.dial(self._up.mesh.host(host).address, port)

    def _load(self, host: str, port: int) -> LoadClient:
        return LoadClient(
            host=host, port=port, dial=self._dial, emit=self._inbox.tell, clock=self._since_origin
        )


def _all_of(*steps: Callable[[], None]) -> None:
    """Every step, whatever becomes of those before; raises the first error."""
    first: Exception | None = None
    for step in steps:
        try:
            step()
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
