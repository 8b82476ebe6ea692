"""Simulated hosts for tests of what runs on them: a timeline, a network, ears that keep what they hear."""

from __future__ import annotations

from harness.model.event import Event
from harness.model.fault import CutMode
from harness.seams import Kernel, Running, Wire
from harness.worlds.simulator.network import Network
from harness.worlds.simulator.process import Host, Process
from harness.worlds.simulator.timeline import Timeline
from harness.worlds.simulator.ways import Hindrance, Way

PORT = 7000


class Noted:
    """A program that does nothing by itself."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel, self.signals = kernel, list[str]()

    def signalled(self, name: str) -> None:
        self.signals.append(name)


class Hearing:
    """An ear that keeps what it heard, and the moments."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.heard: list[object] = []
        self.times_s: list[float] = []
        self.wire: Wire | None = None

    def made(self, wire: Wire) -> None:
        self._note("made", wire)

    def received(self, wire: Wire, message: object) -> None:
        self._note(message, wire)

    def lost(self, wire: Wire) -> None:
        self._note("lost", wire)

    def _note(self, what: object, wire: Wire) -> None:
        self.wire = wire
        self.heard.append(what)
        self.times_s.append(self._timeline.now_s)


class Lab:
    """Hosts by name, one process on each."""

    def __init__(self, *names: str, seed: int = 1) -> None:
        self.timeline = Timeline(seed)
        self.network = Network(self.timeline)
        self.told: list[Event] = []
        self.hosts = {name: Host(name, self.timeline) for name in names}
        self.processes: dict[str, Process] = {}
        for name in names:
            self.begin(name)

    def begin(self, name: str) -> Process:
        process = Process(self.hosts[name], self.timeline, self.network, self.told.append)
        process.begin(_noted)
        self.processes[name] = process
        return process

    def run(self, for_s: float = 0.01) -> None:
        self.timeline.run(self.timeline.now_s + for_s)

    def connected(self, source: str, destination: str) -> tuple[Hearing, Hearing]:
        """The ears of an open connection; both have noted nothing yet but the first's `made`."""
        near, far = Hearing(self.timeline), Hearing(self.timeline)

        def accept(wire: Wire) -> Hearing:
            far.wire = wire
            return far

        self.processes[destination].listen(PORT, accept)
        near.wire = self.processes[source].dial(destination, PORT, near)
        self.run()
        assert near.heard == ["made"]
        near.heard.clear()
        near.times_s.clear()
        return near, far

    def fault(self, cuts: dict[Way, CutMode], hindered: dict[Way, list[Hindrance]] | None = None) -> None:
        ends = [end for process in self.processes.values() for end in process.wires]
        self.network.fault(cuts, hindered or {}, ends)


def _noted(kernel: Kernel) -> Running:
    return Noted(kernel)


def say(ear: Hearing, *messages: object) -> None:
    assert ear.wire is not None
    for message in messages:
        ear.wire.send(message)
