"""A process of a host: the Kernel of one program. Knows no target, and no fault by its name."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any

from harness.model.event import Event
from harness.seams import Ear, Program, Running, Wire
from harness.worlds.simulator.network import End, Listener, Network
from harness.worlds.simulator.timeline import Timeline

_SYNC_S = (0.001, 0.004)
# A timer is never early. How late: what a scheduler costs on an idle machine.
_TIMER_LATE_S = (1e-6, 0.0002)
# How long until a parent has waited for its dead child.
_WAITED_S = (0.0003, 0.001)
# Quartz: 50 parts in a million either way.
_CLOCK_RATE_ERROR = 50e-6
_CLOCK_OFFSET_S = (0.0, 1000.0)

# The process, the act, its word, and whether it is done.
Probe = Callable[["Process", str, str, bool], None]


class Host:
    """What stays when its processes go: name, clock, disk. processes: those that live, the main one first.

    probe: who hears of every act of a machine here.
    """

    def __init__(self, name: str, draw: Random) -> None:
        self.name = name
        self.disk: dict[str, Any] = {}
        self.disk_free_s = 0.0
        self.processes: list[Process] = []
        self.probe: Probe | None = None
        self._offset_s = draw.uniform(*_CLOCK_OFFSET_S)
        self._rate = draw.uniform(1 - _CLOCK_RATE_ERROR, 1 + _CLOCK_RATE_ERROR)

    def clock_s(self, now_s: float) -> float:
        return self._offset_s + self._rate * now_s

    def when_s(self, clock_s: float) -> float:
        """The run's time at which this host's clock shows that."""
        return (clock_s - self._offset_s) / self._rate


class Process:
    """Offers harness.seams.Kernel and Child. What comes in a pause waits: messages go first, then timers."""

    def __init__(
        self,
        host: Host,
        timeline: Timeline,
        network: Network,
        tell: Callable[[Event], None],
        parent: Process | None = None,
    ) -> None:
        self._host, self._timeline, self._network, self._tell = host, timeline, network, tell
        self.parent, self.draw, self.disk, self.host = parent, timeline.draw, host.disk, host.name
        self.alive, self.paused = True, False
        self.wires: dict[End, None] = {}
        self._program: Running | None = None
        self._messages: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._timers: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._ended: list[Callable[[], None]] = []
        host.processes.append(self)

    def begin(self, program: Program) -> None:
        self._program = program(self)

    # --- for the program ----------------------------------------------------------------------------

    def now_s(self) -> float:
        return self._timeline.now_s

    def clock_s(self) -> float:
        return self._host.clock_s(self._timeline.now_s)

    def when_s(self, clock_s: float) -> float:
        return self._host.when_s(clock_s)

    def after(self, delay_s: float, act: Callable[..., None], *values: object) -> None:
        self._timeline.later(delay_s, self._due, act, values)

    def at_clock(self, at_s: float, act: Callable[..., None], *values: object) -> None:
        due_s = max(self._host.when_s(at_s), self._timeline.now_s)
        self._timeline.at(due_s + self.draw.uniform(*_TIMER_LATE_S), self._due, act, values)

    def listen(self, port: int, accept: Callable[[Wire], Ear]) -> None:
        self._network.listeners[self.host, port] = Listener(self, accept)

    def dial(self, host: str, port: int, ear: Ear) -> Wire:
        return self._network.dial(self, host, port, ear)

    def sync(self, work: Callable[[], None], done: Callable[[], None]) -> None:
        begin_s = max(self._timeline.now_s, self._host.disk_free_s)
        self._host.disk_free_s = begin_s + self.draw.uniform(*_SYNC_S)
        self._timeline.at(self._host.disk_free_s, self._synced, work, done)

    def fork(self, program: Program, ended: Callable[[], None]) -> Process:
        child = Process(self._host, self._timeline, self._network, self._tell, parent=self)
        child.when_ended(lambda: self._timeline.later(self.draw.uniform(*_WAITED_S), self.run, ended, ()))
        child.paused = self.paused
        child.begin(program)
        return child

    def tell(self, event: Event) -> None:
        self._tell(event)

    @property
    def probed(self) -> bool:
        return self._host.probe is not None

    def acted(self, act: str, what: str, *, done: bool) -> bool:
        if self._host.probe is not None:
            self._host.probe(self, act, what, done)
        return self.alive

    def exit(self) -> None:
        self.kill()

    # --- for those outside ----------------------------------------------------------------------------

    def when_ended(self, act: Callable[[], None]) -> None:
        self._ended.append(act)

    def signal(self, name: str) -> None:
        if name == "SIGKILL":
            self.kill()
        elif self._program is not None:
            self.run(self._program.signalled, (name,))

    def kill(self) -> None:
        """At once, with its children. What it had sent still arrives, what no disk holds is lost."""
        if not self.alive:
            return
        self.alive = False
        self._host.processes.remove(self)
        for child in [process for process in self._host.processes if process.parent is self]:
            child.kill()
        self._network.left(self)
        for act in self._ended:
            act()

    def pause(self, paused: bool) -> None:
        self.paused = paused
        while self.alive and not self.paused and (self._messages or self._timers):
            act, values = (self._messages or self._timers).popleft()
            act(*values)

    def run(self, act: Callable[..., None], values: tuple[Any, ...]) -> None:
        """As soon as the process runs."""
        if self.paused:
            self._messages.append((act, values))
        elif self.alive:
            act(*values)

    def _due(self, act: Callable[..., None], values: tuple[Any, ...]) -> None:
        if self.paused:
            self._timers.append((act, values))
        elif self.alive:
            act(*values)

    def _synced(self, work: Callable[[], None], done: Callable[[], None]) -> None:
        """The kernel finishes the write of a frozen process, but not that of a dead one."""
        if self.alive:
            work()
            self.run(done, ())
