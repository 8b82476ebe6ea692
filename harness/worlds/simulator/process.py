"""A process of a host: the Kernel of one program. Knows no target, and no fault by its name."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container
from typing import Any

from harness.model.event import Event
from harness.model.moment import Act
from harness.seams import Ear, PowerOrder, PowerState, Program, Running, Wire
from harness.worlds.simulator.alarm import Alarm
from harness.worlds.simulator.clock import Clock
from harness.worlds.simulator.disk import Disk, Write
from harness.worlds.simulator.network import End, Listener, Network
from harness.worlds.simulator.timeline import Timeline

# A word to a power switch, and back.
_RAIL_S = (0.0005, 0.002)
# How long until a parent has waited for its dead child.
_WAITED_S = (0.0003, 0.001)

_Act = Callable[..., None]
_Values = tuple[Any, ...]
# The process, the act, its word, and whether it is done.
Probe = Callable[["Process", str, str, bool], None]


class Host:
    """What stays when its processes go: name, clock, disk. processes: those that live, the main one first."""

    def __init__(self, name: str, timeline: Timeline) -> None:
        self.name = name
        self.clock = Clock(timeline.draw)
        self.disk = Disk(timeline)
        self.processes: list[Process] = []
        self.sought: Container[Act] = ()
        self.probe: Probe | None = None

    def seek(self, sought: Container[Act], probe: Probe | None) -> None:
        """From now on: the acts of machines here that somebody wants to hear of, and who hears of them."""
        self.sought, self.probe = sought, probe
        for process in self.processes:
            process.sought = sought

    def set_rate(self, rate: float, now_s: float) -> None:
        self.clock.run_at(rate, now_s)
        for process in self.processes:
            process.clock_changed()


class Process:
    """Offers harness.seams.Kernel and Child. What comes in a pause waits: messages go first, then timers."""

    def __init__(
        self,
        host: Host,
        timeline: Timeline,
        network: Network,
        tell: Callable[[Event], None],
        parent: Process | None = None,
        *,
        power: Callable[[str, str, PowerOrder], PowerState] | None = None,
    ) -> None:
        self._power = power
        self._host, self._timeline, self._network, self._tell = host, timeline, network, tell
        self.parent, self.draw, self.host = parent, timeline.draw, host.name
        self.disk, self._clock = host.disk.contents, host.clock
        self.alive, self.paused, self.sought = True, False, host.sought
        self.wires: dict[End, None] = {}
        self._program: Running | None = None
        self._messages: deque[tuple[_Act, _Values]] = deque()
        self._timers: deque[tuple[_Act, _Values]] = deque()
        self._alarms: list[Alarm] = []
        self._ended: list[Callable[[], None]] = []
        self.stopped: Callable[[], None] = _nobody_hears
        host.processes.append(self)

    def begin(self, program: Program) -> None:
        """As soon as it runs."""
        self.run(self._begin, (program,))

    def _begin(self, program: Program) -> None:
        self._program = program(self)

    # --- for the program ----------------------------------------------------------------------------

    @property
    def disk_is_damaged(self) -> bool:
        return self._host.disk.is_damaged

    def now_s(self) -> float:
        return self._timeline.now_s

    def clock_s(self) -> float:
        clock = self._clock
        return clock.offset_s + clock.rate * self._timeline.now_s

    def when_s(self, clock_s: float) -> float:
        clock = self._clock
        return (clock_s - clock.offset_s) / clock.rate

    def after(self, delay_s: float, act: _Act, *values: object) -> None:
        self._timeline.later(delay_s, self._due, act, values)

    def alarm(self, ring: Callable[[], None]) -> Alarm:
        alarm = Alarm(self._timeline, self._clock, self, ring)
        self._alarms.append(alarm)
        return alarm

    def listen(self, port: int, accept: Callable[[Wire], Ear]) -> None:
        self._network.listeners[self.host, port] = Listener(self, accept)

    def dial(self, host: str, port: int, ear: Ear) -> Wire:
        return self._network.dial(self, host, port, ear)

    def sync(
        self,
        work: Callable[[int], None],
        done: Callable[[], None],
        failed: Callable[[], None],
        parts: int = 1,
    ) -> None:
        self._host.disk.write(Write(self, parts, work, done, failed))

    def fork(self, program: Program, *, stopped: Callable[[], None], ended: Callable[[], None]) -> Process:
        child = Process(self._host, self._timeline, self._network, self._tell, parent=self)
        child.when_ended(lambda: self._timeline.later(self.draw.uniform(*_WAITED_S), self.run, ended, ()))
        child.stopped = stopped
        child.begin(program)
        return child

    def power(self, host: str, order: PowerOrder, done: Callable[[PowerState], None]) -> None:
        assert self._power is not None, f"{self.host} has no power switches"
        state = self._power(self.host, host, order)
        self.after(self.draw.uniform(*_RAIL_S), done, state)

    def tell(self, event: Event) -> None:
        self._tell(event)

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
        else:
            self.run(self._signalled, (name,))

    def kill(self) -> None:
        """At once, with its children. What it had sent still arrives, what no disk holds is lost."""
        if not self.alive:
            return
        self.alive = False
        self._host.processes.remove(self)
        for child in [process for process in self._host.processes if process.parent is self]:
            child.kill()
        self._network.left(self)
        self._host.disk.left(self)
        for act in self._ended:
            act()

    def pause(self, paused: bool) -> None:
        """A parent that is not frozen itself hears of it, as by SIGCHLD."""
        self.paused = paused
        if paused and self.parent is not None and not self.parent.paused:
            self.parent.run(self.stopped, ())
        while self.alive and not self.paused and (self._messages or self._timers):
            act, values = (self._messages or self._timers).popleft()
            act(*values)

    def run(self, act: _Act, values: _Values) -> None:
        """As soon as the process runs."""
        if self.paused:
            self._messages.append((act, values))
        elif self.alive:
            act(*values)

    def clock_changed(self) -> None:
        """What was to be done at a time of the clock comes sooner or later now."""
        for alarm in self._alarms:
            alarm.clock_changed()

    def wakes_to(self, act: _Act, values: _Values) -> None:
        self._timers.append((act, values))

    def _signalled(self, name: str) -> None:
        if self._program is not None:
            self._program.signalled(name)

    def _due(self, act: _Act, values: _Values) -> None:
        if self.paused:
            self._timers.append((act, values))
        elif self.alive:
            act(*values)


def _nobody_hears() -> None:
    """Who was not forked has no parent that could hear."""
