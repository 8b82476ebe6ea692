"""Drills in containers: one woven stack, from its start to its last trace."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import docker

from harness.model.command import AwaitMoment, Command, ForgetMoment, Wake
from harness.model.errors import WorldError
from harness.model.event import Event, MomentCame, Woke
from harness.model.plan import Plan
from harness.reach import Hosts
from harness.seams import Stack, Target
from harness.setup.images import ROOT
from harness.workloads.wire import LoadClient
from harness.worlds.docker import keeper
from harness.worlds.docker.stack import engine
from harness.worlds.docker.stack.bringup import Bringup, Up
from harness.worlds.docker.stack.deaths import DeathWatch
from harness.worlds.docker.stack.lifetime import Lifetime
from harness.worlds.docker.weaving import composefile
from harness.worlds.docker.weaving.admission import admit
from harness.worlds.faults.injection import Injection
from harness.worlds.faults.rail import Rail, Switches
from harness.worlds.meanwhile.desk import Desk
from harness.worlds.meanwhile.explained import Explained
from harness.worlds.meanwhile.inbox import Inbox
from harness.worlds.meanwhile.noise import NoiseWatch
from harness.worlds.meanwhile.power import Accounted
from harness.worlds.meanwhile.wakes import Wakes

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
        stack = target.stack(plan, ROOT / "compose")
        compose = composefile.read(stack.compose_file, stack.profiles)
        # A wrong file is told before anything begins.
        admit(compose, stack)
        client = engine.connect()
        try:
            engine.must_share_the_kernel(client)
            lifetime = Lifetime(client, folder)
            try:
                up = Bringup(
                    client=client, stack=stack, compose=compose, run=lifetime.run, folder=folder, say=say
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
        self._up, self._client, self._lifetime, self._keep = up, client, lifetime, keep
        self._origin_s, self._closed = origin_s, False
        self._hosts, self._say = Hosts.of(plan.hosts), say
        self._inbox, self._wakes = Inbox(), Wakes()
        self._injection = Injection(
            mesh=up.mesh, hub=up.hub, resident=up.resident, containers=up.containers, clock=self._since_origin
        )
        self._at_end: list[Callable[[], None]] = [up.resident.close]
        if keep:
            # Else the faults go with the containers.
            self._at_end.append(self._injection.heal_all)
        try:
            self._observe(plan, target, stack)
        except BaseException:
            self._stop_observing()
            raise

    def _observe(self, plan: Plan, target: Target, stack: Stack) -> None:
        """Start everything that tells events."""
        explained, tell, clock = Explained(), self._inbox.tell, self._since_origin

        def watched(event: Event) -> None:
            tell(event)
            if isinstance(event, MomentCame):
                self._desk.came(event)

        self._at_end.append(NoiseWatch(emit=tell, clock=clock).close)
        watch = target.watch(plan, stack, self._dial, watched, clock)
        self._at_end.append(watch.close)
        loads: dict[str, LoadClient] = {}
        for host in (client.host for client in plan.clients):
            loads[host] = LoadClient(
                host=host, port=stack.client_port, dial=self._dial, emit=tell, clock=clock
            )
            self._at_end.append(loads[host].close)
        deaths = DeathWatch(
            self._client,
            self._lifetime.run.id,
            self._up.containers,
            explained=explained,
            broke=self._inbox.broke,
        )
        self._at_end.append(deaths.close)
        if self._hosts.fences:
            rail = self._power_rail(dict.fromkeys(self._hosts.data, self._hosts.fences[0]), explained)
            self._at_end.append(rail.close)
        self._desk = Desk(
            injector=self._injection,
            watch=watch,
            loads=loads,
            explained=explained,
            inbox=self._inbox,
            now_s=self.now_s,
        )
        self._at_end.append(self._desk.close)

    def _power_rail(self, hosts: dict[str, str], explained: Explained) -> Rail:
        """hosts: who has whose switch. Who is off has not died by itself."""
        switches = Switches(
            hosts,
            Accounted(self._injection, explained),
            ills=self._injection.switches,
            emit=self._inbox.tell,
            broke=self._inbox.broke,
            now_s=self.now_s,
        )
        with engine.told_plainly("reach the power rail beside the hub"):
            return Rail(self._up.resident.rail(), switches)

    def _stop_observing(self) -> None:
        """The last first."""
        self._inbox.close()
        _all_of(*reversed(self._at_end))

    def perform(self, command: Command) -> None:
        self._inbox.raise_broken()
        if isinstance(command, Wake):
            self._wakes.add(command.wake_id, self.now_s() + command.after_s)
        elif isinstance(command, AwaitMoment | ForgetMoment):
            raise WorldError(
                "containers do not show what their programs do; the planner refuses such a drill"
            )
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

    def _since_origin(self, raw_s: float) -> float:
        return raw_s - self._origin_s

    def _dial(self, host: str, port: int) -> socket.socket:
        return self._up.resident.dial(self._up.mesh.host(host).address, port)


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
