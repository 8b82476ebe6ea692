"""The real machines in virtual time: one seed, one heap of plain tuples. Judges nothing.

Effects are carried out in order, one event's before the next event; a pause may come between any two. Disks
take their time, appends are grouped, and a crash loses what was not synced. Clocks run at rates within 1 ± ρ.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Alert,
    Answer,
    Append,
    AskPower,
    Began,
    Claim,
    Durable,
    Effect,
    Effects,
    Event,
    Fired,
    Keep,
    NodeState,
    Persist,
    Received,
    Redirect,
    Retire,
    Send,
    SetTimer,
    StartChild,
    StopTimer,
    Tell,
    Truncate,
    WitnessState,
)
from targets.reference.machines.words.messages import Place, Read, Record, Reply, SwitchOver, Write
from targets.reference.machines.words.shipped import restored
from targets.reference.settings import Settings
from targets.reference.truth.model import Truth
from tests.targets.reference.machines.connections import Network, Way
from tests.targets.reference.machines.device import Device
from tests.targets.reference.machines.process import Clock, NodeDisk, Process

_DISK_S = (0.0002, 0.004)
_CLIENT_S = (0.0002, 0.001)
_TIMER_LATE_S = (1e-6, 0.001)
_CHILD_S = (0.002, 0.02)


class Call(Struct):
    """One operation of a client; reply None: unknown so far."""

    ask: Write | Read
    node: str
    at_s: float
    reply: Reply | None = None


# Before an effect is carried out: may do anything.
Before = Callable[[Process, Effect], None]


class Cluster:
    """Hosts by name. `node`, `agent`, `witness` processes live and die; disks, clocks and links stay."""

    def __init__(self, seed: int, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self.settings, self.defects, self.draw = settings, defects, random.Random(seed)
        self.now_s = 0.0
        self._queue: list[tuple[float, int, Callable[..., object], tuple[object, ...]]] = []
        self._count = self._requests = 0
        self.hosts = settings.nodes + settings.witnesses
        rho = settings.clock_rate_error
        self.clocks = {
            host: Clock(self.draw.uniform(0, 1000), self.draw.uniform(1 - rho, 1 + rho))
            for host in self.hosts
        }
        self.disks = {node: NodeDisk(f"{node}.0") for node in settings.nodes}
        self.stores: dict[str, WitnessState | None] = dict.fromkeys(settings.witnesses)
        self.slow_disks_s: dict[str, float] = {}
        self.agents: dict[str, Process] = {}
        self.running: dict[str, Process] = {}  # the data nodes' children and the witnesses
        self.net = Network(self.draw, lambda: self.now_s, self.later, self._listening)
        self.device = Device(self)
        self.calls: dict[int, Call] = {}
        self.told: list[tuple[float, str, Tell | Alert]] = []
        self.router = settings.nodes[0]
        self.before: Before = lambda process, effect: None
        self.truth = Truth(settings, self._held, lambda node: self.disks[node].tails)

    def _listening(self, host: str) -> Process | None:
        """The agent of a cold standby listens beside its child."""
        node, _, agent = host.partition("/")
        if agent:
            return self.agents.get(node)
        return self.running.get(node)

    # --- time -------------------------------------------------------------------------------------

    def later(self, delay_s: float, act: Callable[..., object], *values: object) -> None:
        self._count += 1
        heapq.heappush(self._queue, (self.now_s + max(0.0, delay_s), self._count, act, values))

    def run(self, until_s: float, *, stop: Callable[[], bool] | None = None) -> bool:
        """Until then, or until `stop` says so: was it stopped?"""
        while self._queue and self._queue[0][0] <= until_s:
            self.now_s, _, act, values = heapq.heappop(self._queue)
            act(*values)
            if stop is not None and stop():
                return True
        self.now_s = until_s
        return False

    # --- processes --------------------------------------------------------------------------------

    def start_host(self, host: str) -> None:
        """Power on: a witness, or the agent, which starts its child. In vain where the switch is off."""
        if host in self.device.off:
            return
        if host in self.settings.witnesses:
            if host not in self.running:
                machine = Witness(host, self.settings, self.stores[host], self._incarnation(), self.defects)
                self._begin(self.running, Process(self, host, machine))
        elif host not in self.agents:
            self._begin(self.agents, Process(self, host, Agent(host, self.settings, self.defects)))

    def start_child(self, host: str) -> None:
        """By an order to the agent, as SIGUSR1 is one."""
        if host in self.agents:
            self.agents[host].receive(AgentSaw("start"))

    def _start_child(self, host: str) -> None:
        if host in self.running or host not in self.agents:
            return
        disk = self.disks[host]
        last = disk.records[-1] if disk.records else Record(0, 0, "", "")
        disk.records += restored(Place(last.epoch, last.position), disk.shipped, self.defects)
        disk.shipped = []
        node = DataNode(
            host, self.settings, disk.state, disk.records, self._incarnation(), defects=self.defects
        )
        self._begin(self.running, Process(self, host, node))

    def _begin(self, among: dict[str, Process], process: Process) -> None:
        among[process.host] = process
        self.net.join(process)
        process.receive(Began())

    def _incarnation(self) -> int:
        return self.draw.getrandbits(48)

    def kill(self, host: str) -> None:
        """The witness, or the child: its agent sees it end."""
        process = self.running.pop(host, None)
        if process is None:
            return
        self._end(process)
        # What the disk was doing just then is done, or not, or in part.
        if process.syncing and self.draw.random() < 0.5:
            self.disks[host].records += process.unsynced[: self.draw.randint(1, len(process.unsynced))]
        if process.storing is not None and not process.unsynced and self.draw.random() < 0.5:
            self._store(process, process.storing)
        agent = self.agents.get(host)
        if agent is not None:
            self.later(0.001, agent.receive, AgentSaw("child ended"))

    def power_off(self, host: str) -> None:
        """Agent and child at once: nobody hands anything back."""
        agent = self.agents.pop(host, None)
        if agent is not None:
            self._end(agent)
        self.kill(host)

    def lose_disk(self, host: str) -> None:
        """Of a host that is off: the next start finds a new store."""
        self._count += 1
        self.disks[host] = NodeDisk(f"{host}.{self._count}")

    def _end(self, process: Process) -> None:
        process.alive = False
        self.net.leave(process)

    def pause(self, host: str, *, agent: bool = False) -> None:
        for process in self._of(host, agent=agent):
            process.paused = True

    def resume(self, host: str) -> None:
        for process in self._of(host, agent=True):
            process.paused = False
            process.go_on()

    def _of(self, host: str, *, agent: bool) -> list[Process]:
        places = (self.agents, self.running) if agent else (self.running,)
        return [among[host] for among in places if host in among]

    # --- clients ----------------------------------------------------------------------------------

    def call(self, node: str, ask: Callable[[int], Write | Read]) -> int:
        self._requests += 1
        request = self._requests
        self.calls[request] = Call(ask(request), node, self.now_s)
        self.later(self.draw.uniform(*_CLIENT_S), self._ask, node, self.calls[request].ask, request)
        return request

    def switch_over(self, node: str, to: str) -> None:
        self._requests += 1
        self._ask(node, SwitchOver(self._requests, to), 0)

    def _ask(self, node: str, message: Write | Read | SwitchOver, request: int) -> None:
        if node in self.running:
            sender = "operator" if isinstance(message, SwitchOver) else "client"
            self.running[node].receive(Received(sender, message, f"client/{request}"))

    def _replied(self, request: int, reply: Reply) -> None:
        self.calls[request].reply = reply

    def saw(self, process: Process, event: Event, effects: Effects) -> None:
        self.truth.handled(process, process.machine, event, effects)

    # --- effects ----------------------------------------------------------------------------------

    def carry_out(self, process: Process, effect: Effect) -> None:
        self.before(process, effect)
        if process.paused:
            process.effects.appendleft(effect)
        if process.paused or not process.alive:
            return
        match effect:
            case Send(to, message) if to == process.host and process is self.running.get(to):
                self.later(0.0, process.receive, Received(to, message, "self"))
            case Answer("self", message):
                self.later(0.0, process.receive, Received(process.host, message, "self"))
            case Send(to, message):
                self.net.send(process, to, message)
            case Answer(via, Reply() as reply):
                request = int(via.removeprefix("client/"))
                self.later(self.draw.uniform(*_CLIENT_S), self._replied, request, reply)
            case Answer(via, message) if not via.startswith("client/"):
                self.net.answer(process, via, message)
            case SetTimer(timer, at_s):
                self._count += 1
                process.timers[timer] = self._count
                due_s = process.clock.true(at_s) - self.now_s + self.draw.uniform(*_TIMER_LATE_S)
                self.later(due_s, process.receive, Fired(timer), self._count)
            case StopTimer(timer):
                process.timers.pop(timer, None)
            case Append(records) if records:
                process.unsynced += records
                self._sync(process)
            case Persist() | Truncate() | Keep() | Retire():
                process.blocked, process.storing = True, effect
                self._when_synced(process)
            case Claim(epoch) if process.host in self.agents:
                self.agents[process.host].receive(AgentSaw("child claims", epoch))
            case AskPower():
                self.device.ask(process, effect)
            case StartChild():
                self.later(self.draw.uniform(*_CHILD_S), self._start_child, process.host)
            case Redirect(primary):
                self.router = primary
            case Tell() | Alert():
                self.told.append((self.now_s, process.host, effect))

    def _held(self, node: str) -> tuple[NodeState, Sequence[Record]] | None:
        return self.disks[node].state, self.disks[node].records

    # --- disks ------------------------------------------------------------------------------------

    def _disk_s(self, process: Process) -> float:
        return self.draw.uniform(*_DISK_S) + self.slow_disks_s.get(process.host, 0.0)

    def _sync(self, process: Process) -> None:
        """All that waits, in one transaction."""
        if process.unsynced and not process.syncing:
            process.syncing = True
            self.later(self._disk_s(process), self._synced, process, len(process.unsynced))

    def _synced(self, process: Process, records: int) -> None:
        if not process.alive:
            return
        done, process.unsynced = process.unsynced[:records], process.unsynced[records:]
        self.disks[process.host].records += done
        process.syncing = False
        self._sync(process)
        process.receive(Durable(done[-1].epoch, done[-1].position), process.generation)

    def _when_synced(self, process: Process) -> None:
        """The writer takes its jobs in their order: what was appended before comes first."""
        if process.alive and process.storing is not None:
            act = self._when_synced if process.unsynced else self._stored
            self.later(self._disk_s(process), act, process)

    def _stored(self, process: Process) -> None:
        if not process.alive or process.storing is None:
            return
        self._store(process, process.storing)
        process.blocked, process.storing = False, None
        process.go_on()

    def _retired(self, process: Process, rests: AgentSaw) -> None:
        agent = self.agents.get(process.host)
        if agent is not None and self.running.get(process.host) is process:
            agent.receive(rests)
            self.kill(process.host)

    def _store(self, process: Process, effect: Persist | Truncate | Keep | Retire) -> None:
        match effect:
            case Persist(NodeState() as state):
                self.disks[process.host].state = state
            case Persist(WitnessState() as state):
                self.stores[process.host] = state
                self.truth.stored(process, state)
            case Truncate(after_position):
                if effect.aside:
                    self.disks[process.host].tails.append(self.disks[process.host].records[after_position:])
                self._truncated(process, after_position)
            case Keep(records):
                self.disks[process.host].shipped += records
            case Retire(epoch, identity, last):
                self._retired(process, AgentSaw("child rests", epoch, identity, last))

    def _truncated(self, process: Process, after_position: int) -> None:
        records = self.disks[process.host].records
        del records[after_position:]
        process.generation += 1
        kept = Place(records[-1].epoch, records[-1].position) if records else Place()
        if process.told.position < kept.position:
            process.inbox.append((Durable(kept.epoch, kept.position), process.generation))
        process.told = kept


def both_ways(some: Iterable[str], others: Iterable[str]) -> list[Way]:
    rest = [*others]
    return [way for one in some for other in rest for way in ((one, other), (other, one))]
