"""Drills in containers: one woven stack, from its start to its last trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import docker

from harness.model.drill import StrainStep
from harness.model.hardship import DiskFull
from harness.model.plan import Plan
from harness.seams import Stack, Target
from harness.setup.images import ROOT
from harness.worlds.docker import keeper
from harness.worlds.docker.stack import engine
from harness.worlds.docker.stack.bringup import Bringup, Up
from harness.worlds.docker.stack.deaths import DeathWatch
from harness.worlds.docker.stack.freezing import CgroupFreezer
from harness.worlds.docker.stack.lifetime import Lifetime
from harness.worlds.docker.stack.straining import DockerStraining
from harness.worlds.docker.weaving import composefile
from harness.worlds.docker.weaving.admission import admit
from harness.worlds.meshworld import Meshed, MeshWorld, all_of

Say = Callable[[str], None]


class DockerWorld(MeshWorld):
    """Offers harness.seams.World."""

    @staticmethod
    def open(plan: Plan, target: Target, folder: Path, say: Say, keep: bool) -> DockerWorld:
        """Bring up the target's stack. keep: leave it running at the end.

        Raises DrillError for a compose file that cannot be woven, WorldError, and whatever `say` raises; then
        nothing of it is left.
        """
        origin_s = time.monotonic()
        stack = target.stack(plan, ROOT / "compose")
        compose = composefile.read_stack(stack)
        # A wrong file is told before anything begins.
        admit(compose, stack)
        client = engine.connect()
        try:
            engine.must_share_the_kernel(client)
            lifetime = Lifetime(client, folder)
            try:
                up = Bringup(
                    client=client,
                    stack=stack,
                    compose=compose,
                    run=lifetime.run,
                    folder=folder,
                    say=say,
                    own_disks=_fills_disks(plan),
                ).up()
                say(f"the stack is up after {time.monotonic() - origin_s:.1f} s")
                if keep:
                    say(f"it stays as {lifetime.run.project} at the end; `failover-drill clean` removes it")
                return DockerWorld(
                    plan, target, stack, up, client, lifetime, say, origin_s=origin_s, keep=keep
                )
            except BaseException:
                lifetime.abandon()
                raise
        except BaseException:
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
        say: Say,
        *,
        origin_s: float,
        keep: bool,
    ) -> None:
        """For `open` alone."""
        self._client, self._lifetime, self._keep = client, lifetime, keep
        self._say, self._closed = say, False

        def watch_deaths(
            explained: Callable[[str], bool], broke: Callable[[BaseException], None]
        ) -> DeathWatch:
            lifetime.reaper.watch(broke)
            return DeathWatch(client, lifetime.run.id, up.containers, explained=explained, broke=broke)

        meshed = Meshed(
            mesh=up.mesh,
            hub=up.hub,
            resident=up.resident,
            containers=up.containers,
            freezer=CgroupFreezer(up.containers, up.resident),
            inside=up.containers.run_in,
            run=up.containers.execute,
            straining=DockerStraining(
                up.containers, up.resident, lambda host: up.mesh.host(host).stack.process
            ),
        )
        super().__init__(
            plan, target, stack, meshed, origin_s=origin_s, watch_deaths=watch_deaths, heals=keep
        )

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        all_of(
            self._stop_observing,
            self._lifetime.save_logs,
            lambda: self._lifetime.end(keep=self._keep),
            self._leave_switches,
            self._client.close,
        )

    def discard(self) -> None:
        """Close, and leave nothing running whatever was asked for when it was opened."""
        self._keep = False
        self.close()

    def _leave_switches(self) -> None:
        """Of a stack that stays: without somebody at them its fence device could switch nobody off."""
        if self._keep and self._hosts.fences:
            pid = keeper.stay(self._lifetime.run.id, self._hosts.fences[0], self._hosts.data)
            self._say(f"process {pid} stands at its power switches until it is removed")


def _fills_disks(plan: Plan) -> bool:
    """Only such a drill's stack keeps its data in memory."""
    steps = (timed.step for trial in plan.trials for timed in trial.steps)
    return any(isinstance(step, StrainStep) and isinstance(step.by, DiskFull) for step in steps)
