"""One machine that runs in a test's cluster, its clock and its disk. Decides nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
    Durable,
    Effect,
    Effects,
    Event,
    Fired,
    Keep,
    NodeState,
    Persist,
    Retire,
    Truncate,
)
from targets.reference.machines.words.messages import Place, Record
from targets.reference.machines.words.shipped import agent_of
from targets.reference.settings import Settings


class World(Protocol):
    """What a process runs in. saw: a machine has handled an event."""

    settings: Settings
    now_s: float

    @property
    def clocks(self) -> Mapping[str, Clock]: ...

    def carry_out(self, process: Process, effect: Effect) -> None: ...

    def saw(self, process: Process, event: Event, effects: Effects) -> None: ...


class Clock(Struct):
    """A host's own: counts on while the host is paused or off."""

    offset_s: float
    rate: float

    def at(self, true_s: float) -> float:
        return self.offset_s + self.rate * true_s

    def true(self, own_s: float) -> float:
        return (own_s - self.offset_s) / self.rate


class NodeDisk:
    """What survives a data node's process: state and log. One writer: jobs in their order."""

    def __init__(self, identity: str) -> None:
        self.state = NodeState(identity=identity, sealed=0)
        self.records: list[Record] = []
        self.tails: list[list[Record]] = []
        self.shipped: list[Record] = []


class Process:
    """One machine that runs. inbox: events that wait; a timer or a Durable that became void is dropped."""

    def __init__(self, world: World, host: str, machine: DataNode | Witness | Agent) -> None:
        self.world, self.host, self.machine, self.clock = world, host, machine, world.clocks[host]
        self.inbox: deque[tuple[Event, int]] = deque()
        self.effects: deque[Effect] = deque()
        self.timers: dict[str, int] = {}
        self.alive, self.paused, self.blocked = True, False, False
        # Of a data node: appends that its disk does not hold, and what a truncation made void.
        self.unsynced: list[Record] = []
        self.syncing, self.generation, self.told = False, 0, Place()
        self.storing: Persist | Truncate | Keep | Retire | None = None  # under way
        names = world.settings
        others = tuple(name for name in names.nodes + names.witnesses if name != host)
        agents = tuple(agent_of(name) for name in names.cold if name != host)
        self.peers = names.witnesses if isinstance(machine, Agent) else others + agents

    def now_s(self) -> float:
        return self.world.now_s

    def clock_s(self) -> float:
        return self.clock.at(self.world.now_s)

    def when_s(self, clock_s: float) -> float:
        return self.clock.true(clock_s)

    def receive(self, event: Event, mark: int = 0) -> None:
        self.inbox.append((event, mark))
        self.go_on()

    def go_on(self) -> None:
        while self.alive and not self.paused and not self.blocked:
            if self.effects:
                self.world.carry_out(self, self.effects.popleft())
            elif self.inbox:
                self._handle(*self.inbox.popleft())
            else:
                return

    def _handle(self, event: Event, mark: int) -> None:
        if isinstance(event, Fired):
            if self.timers.get(event.timer) != mark:
                return
            del self.timers[event.timer]
        elif isinstance(event, Durable):
            if self.generation != mark:
                return
            self.told = Place(event.epoch, event.position)
        effects = self.machine.handle(self.clock.at(self.world.now_s), event)
        self.effects.extend(effects)
        self.world.saw(self, event, effects)
