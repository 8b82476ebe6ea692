"""A stack that is up and meshed, while it is drilled. How it came up, and its end, is a subclass's."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from harness.model.command import AwaitMoment, Command, ForgetMoment, Wake
from harness.model.errors import WorldError
from harness.model.event import Event, MomentCame, Woke
from harness.model.plan import Plan
from harness.reach import Hosts
from harness.seams import NOT_RUN, Inside, Stack, Target
from harness.workloads.wire import LoadClient
from harness.worlds.faults.containers import Containers
from harness.worlds.faults.freezing import Freezer
from harness.worlds.faults.injection import Injection
from harness.worlds.faults.rail import Rail, Switches
from harness.worlds.faults.resident import Resident
from harness.worlds.faults.straining import Straining
from harness.worlds.links.hub import Hub
from harness.worlds.links.mesh import Mesh
from harness.worlds.meanwhile.desk import Desk, Run
from harness.worlds.meanwhile.explained import Explained
from harness.worlds.meanwhile.inbox import Inbox
from harness.worlds.meanwhile.noise import NoiseWatch
from harness.worlds.meanwhile.power import Accounted
from harness.worlds.meanwhile.wakes import Wakes

_ADVANCE_S = 0.1


def _nothing_inside(host: str, words: Sequence[str], within_s: float) -> tuple[int, str]:
    """Of a world that runs no commands in its hosts. Offers harness.seams.Inside."""
    return NOT_RUN, "this world runs no commands in its hosts; run the drill with --world docker"


class Meshed(Struct, frozen=True, kw_only=True):
    """A stack that is up, and the ways into it."""

    mesh: Mesh
    hub: Hub
    resident: Resident
    containers: Containers
    freezer: Freezer
    inside: Inside = _nothing_inside
    straining: Straining | None = None
    run: Run | None = None


class Deaths(Protocol):
    """Watches until closed; started by `watch`, since what explains a death is known only then."""

    def close(self) -> None: ...


WatchDeaths = Callable[[Callable[[str], bool], Callable[[BaseException], None]], Deaths]


class MeshWorld:
    """perform, advance, now_s of harness.seams.World, and the end of all that observes."""

    def __init__(
        self,
        plan: Plan,
        target: Target,
        stack: Stack,
        meshed: Meshed,
        *,
        origin_s: float,
        watch_deaths: WatchDeaths,
        heals: bool,
    ) -> None:
        """watch_deaths: asks whether a fault explains a host's death, and tells of one that none does.

        heals: at the end; else the faults go with what they are in force on.
        """
        self._meshed, self._origin_s = meshed, origin_s
        self._hosts = Hosts.of(plan.hosts)
        self._inbox, self._wakes = Inbox(), Wakes()
        self._injection = Injection(
            mesh=meshed.mesh,
            hub=meshed.hub,
            resident=meshed.resident,
            containers=meshed.containers,
            freezer=meshed.freezer,
            straining=meshed.straining,
            clock=self._since_origin,
        )
        self._at_end: list[Callable[[], None]] = [meshed.resident.close]
        if heals:
            self._at_end.append(self._injection.heal_all)
        try:
            self._observe(plan, target, stack, watch_deaths)
        except BaseException:
            self._stop_observing()
            raise

    def _observe(self, plan: Plan, target: Target, stack: Stack, watch_deaths: WatchDeaths) -> None:
        """Start everything that tells events."""
        explained, tell, clock = Explained(), self._inbox.tell, self._since_origin

        def watched(event: Event) -> None:
            tell(event)
            if isinstance(event, MomentCame):
                self._desk.came(event)

        self._at_end.append(NoiseWatch(emit=tell, clock=clock).close)
        watch = target.watch(plan, stack, self._dial, watched, clock, self._meshed.inside)
        self._at_end.append(watch.close)
        loads: dict[str, LoadClient] = {}
        for host in (client.host for client in plan.clients):
            loads[host] = LoadClient(
                host=host, port=stack.client_port, dial=self._dial, emit=tell, clock=clock
            )
            self._at_end.append(loads[host].close)
        self._at_end.append(watch_deaths(explained, self._inbox.broke).close)
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
            run=self._meshed.run,
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
        try:
            return Rail(self._meshed.resident.rail(), switches)
        except OSError as error:
            raise WorldError(f"the power rail beside the hub cannot be reached: {error}") from error

    def perform(self, command: Command) -> None:
        self._inbox.raise_broken()
        if isinstance(command, Wake):
            self._wakes.add(command.wake_id, self.now_s() + command.after_s)
        elif isinstance(command, AwaitMoment | ForgetMoment):
            raise WorldError(
                "real processes do not show what their programs do; the planner refuses such a drill"
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

    def _stop_observing(self) -> None:
        """The last first."""
        self._inbox.close()
        all_of(*reversed(self._at_end))

    def _since_origin(self, raw_s: float) -> float:
        return raw_s - self._origin_s

    def _dial(self, host: str, port: int) -> socket.socket:
        return self._meshed.resident.dial(self._meshed.mesh.host(host).address, port)


def all_of(*steps: Callable[[], None]) -> None:
    """Every step, whatever becomes of those before; raises the first error."""
    first: Exception | None = None
    for step in steps:
        try:
            step()
        except Exception as error:
            first = first or error
    if first is not None:
        raise first
