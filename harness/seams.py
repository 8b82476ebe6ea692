"""The seams: what a world, a target and a checker must offer. Nothing here runs anything.

A world performs commands and tells events. A target knows one system: its stack, its settings, what
they promise, and how to watch and control it over sockets that the world dials. Neither knows the other.
A target that can be simulated also offers its programs, written against a Kernel of virtual time.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, Literal, Protocol

from msgspec import Struct

from harness.model.command import Command
from harness.model.drill import Json
from harness.model.event import Event, OpKind, Outcome
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.model.plan import HostPlan, Plan, Promises
from harness.model.proof import Proof

Emit = Callable[[Event], None]


class World(Protocol):
    """Three verbs. Faults in force when it closes are healed, and what it started is removed."""

    def perform(self, command: Command) -> None:
        """Begin what is asked; never wait for its outcome. Raises WorldError when the world is gone."""
        ...

    def advance(self) -> Sequence[Event]:
        """Wait for the next events, at most 0.1 s of the world's time; may return none."""
        ...

    def now_s(self) -> float:
        """Seconds since the run's origin."""
        ...

    def close(self) -> None:
        """Heal, save what a person may want to read, remove everything. Safe to call twice."""
        ...


class Dial(Protocol):
    """Opens a connection to a port of a host over a link that no fault ever touches."""

    def __call__(self, host: str, port: int) -> socket.socket: ...


class ServiceProcess(Struct, frozen=True, kw_only=True):
    """What `scope: process` means on a host.

    kind main: the container's main process; it is started again by starting the container.
    kind child: the only child of the main process, which stays and starts it again on start_signal.
    """

    kind: Literal["main", "child"] = "main"
    start_signal: str = ""


class StackHost(Struct, frozen=True, kw_only=True):
    """A compose service that is a host of the mesh."""

    plan: HostPlan
    service: str
    process: ServiceProcess = ServiceProcess()


class Stack(Struct, frozen=True, kw_only=True):
    """What a world brings up. environment: values for those services that are ours and name the variable.

    images: those of the target.
    client_port: where a client host's load program listens (harness.workloads.wire).
    profiles: those of the compose file that this plan's hosts are in.
    """

    compose_file: str
    hosts: tuple[StackHost, ...]
    environment: Mapping[str, str]
    images: Mapping[str, str]
    client_port: int
    profiles: tuple[str, ...] = ()


class Watch(Protocol):
    """A running observer of one stack."""

    def control(self, action: str, host: str) -> str:
        """Ask for a planned action; returns a detail for people. Raises TargetError when refused."""
        ...

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        """(epoch, values) at the primary `host`. Raises TargetError when it cannot be had."""
        ...

    def arm(self, host: str, name: str, point: Moment, side: Side) -> None:
        """Have a process of the host die at this point, once. Raises TargetError.

        Before it does it tells MomentCame with that name, stamped in that moment.
        """
        ...

    def spare(self, host: str, name: str) -> None:
        """Take that back. Raises TargetError."""
        ...

    def close(self) -> None: ...


class Target(Protocol):
    """One kind of system under drill."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def images(self) -> Mapping[str, str]:
        """Image names of its compose file -> folders below compose/ that they are made from."""
        ...

    def faults(self) -> frozenset[str]:
        """The fault verbs that make sense here: kill, stop, pause, partition, latency."""
        ...

    def controls(self) -> frozenset[str]: ...

    def moments(self) -> Mapping[str, Collection[str]]:
        """Act -> the words that may stand behind it, as in `on: {sends: Seal}`. Empty: nothing shows."""
        ...

    def vias(self) -> frozenset[str]: ...

    def defects(self) -> Mapping[str, str]:
        """Name -> one line of what is broken, for targets that are ours."""
        ...

    def proofs(self) -> Mapping[str, Proof]:
        """Of each defect the drills that have to find it."""
        ...

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]: ...

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        """All settings, defaults filled in. Raises DrillError with `field` relative to the block."""
        ...

    def settings_schema(self) -> dict[str, Json]:
        """JSON Schema of the settings block."""
        ...

    def promises(self, settings: Mapping[str, Json]) -> Promises: ...

    def stack(self, plan: Plan, compose_root: Path) -> Stack:
        """Asked before anything starts. Raises TargetError for what is not here and watching it needs."""
        ...

    def watch(
        self, plan: Plan, stack: Stack, dial: Dial, emit: Emit, clock: Callable[[float], float]
    ) -> Watch:
        """Observe until closed. clock maps a raw CLOCK_MONOTONIC stamp to seconds since the run's origin.

        stack: what `stack` returned and a world has brought up, with all that was drawn for it alone.
        """
        ...


# --- the simulator -----------------------------------------------------------------------------


class Reply(Struct, frozen=True, kw_only=True):
    """How one operation ended. fail: certainly not applied. answered: the system itself said so."""

    outcome: Outcome
    value: str = ""
    node: str = ""
    epoch: int = 0
    error: str = ""
    answered: bool = True


class Wire(Protocol):
    """One end of a connection. What arrives does so in order, and once; sent into a broken one it is lost."""

    @property
    def is_open(self) -> bool: ...

    @property
    def is_clear(self) -> bool:
        """Just now nothing is in the way, forth and back, and the other end's process runs: what that answers
        at once is certain to come. A ping need not be sent to know its answer."""
        ...

    def send(self, message: object) -> None:
        """An immutable value; it travels as it is."""
        ...

    def forward(self, to: Wire) -> None:
        """From now on what arrives here goes out there, as long as this process runs; the ear hears only
        of the end."""
        ...

    def close(self) -> None:
        """The other end hears of it. Safe to call twice."""
        ...


class Ear(Protocol):
    """What a program does with its end of a connection."""

    def made(self, wire: Wire) -> None:
        """What was dialled is open."""
        ...

    def received(self, wire: Wire, message: object) -> None: ...

    def lost(self, wire: Wire) -> None:
        """Refused, or closed by the other end; never told after the own close."""
        ...


class Child(Protocol):
    """A process that another one started."""

    @property
    def alive(self) -> bool: ...

    def signal(self, name: str) -> None:
        """SIGKILL ends it at once; whatever else reaches its program when that runs."""
        ...


class Running(Protocol):
    """A program that was begun."""

    def signalled(self, name: str) -> None:
        """SIGTERM asks for an orderly end, by Kernel.exit()."""
        ...


# A power switch as Redfish tells of it.
PowerState = Literal["On", "Off", "PoweringOn", "PoweringOff"]
PowerOrder = Literal["ForceOff", "On", "read"]


class Kernel(Protocol):
    """What a program in virtual time has in place of an operating system; each process has its own.

    Whatever was asked for comes back only while the process lives, and waits while it is paused. What it
    draws must come from `draw` alone, or the same seed would not give the same run.
    """

    @property
    def host(self) -> str: ...

    @property
    def alive(self) -> bool:
        """The process has not ended."""
        ...

    @property
    def draw(self) -> Random: ...

    @property
    def disk(self) -> dict[str, Any]:
        """What survives the process. Changed only inside the `work` of sync."""
        ...

    @property
    def disk_is_damaged(self) -> bool:
        """Sums over what the disk holds would show that something in it was changed behind its back, or has
        lost its end. Who does not look reads in `disk` as far as that goes."""
        ...

    def now_s(self) -> float:
        """Seconds since the run's origin: for the stamps of events, never for decisions."""
        ...

    def clock_s(self) -> float:
        """The host's own clock: it has an offset and a rate of its own, and counts on during a pause."""
        ...

    def when_s(self, clock_s: float) -> float:
        """The run's time at which the host's own clock shows that: for one who judges."""
        ...

    def after(self, delay_s: float, act: Callable[..., None], *values: object) -> None: ...

    def at_clock(self, at_s: float, act: Callable[..., None], *values: object) -> None:
        """At this time of the host's own clock or a moment later, never before."""
        ...

    def listen(self, port: int, accept: Callable[[Wire], Ear]) -> None: ...

    def dial(self, host: str, port: int, ear: Ear) -> Wire:
        """Open once the ear hears `made`; closing it before gives up."""
        ...

    def sync(
        self,
        work: Callable[[int], None],
        done: Callable[[], None],
        failed: Callable[[], None],
        parts: int = 1,
    ) -> None:
        """One write after the other: work(parts) makes it durable, done is told then.

        Where the process dies before that, or the disk fails, work is called with fewer parts, any of them:
        what is there must make sense as it is. failed: nothing is known about the disk any more.
        """
        ...

    def fork(self, program: Program, *, stopped: Callable[[], None], ended: Callable[[], None]) -> Child:
        """Start a process that dies with this one. stopped: it alone was frozen. ended: it is dead."""
        ...

    def power(self, host: str, order: PowerOrder, done: Callable[[PowerState], None]) -> None:
        """The power switch of a data host; for the plan's host of role `fence` alone.

        done: how it stands once the order is taken; what was ordered may still be under way then.
        """
        ...

    def tell(self, event: Event) -> None: ...

    @property
    def probed(self) -> bool:
        """Somebody wants to hear of each act of a machine on this host: then it tells them by `acted`."""
        ...

    def acted(self, act: str, what: str, *, done: bool) -> bool:
        """In the target's words for moments; not done: it is about to be. False: the process died of it."""
        ...

    def exit(self) -> None: ...


Program = Callable[[Kernel], Running]


class SimulatedConnection(Protocol):
    """A client's connection; operations overlap on it. Lost: every open one ends as `unknown` at once."""

    @property
    def closed(self) -> bool: ...

    def operate(self, kind: OpKind, key: str, value: str, done: Callable[[Reply], None]) -> None: ...

    def close(self) -> None: ...


class SimulatedWatch(Protocol):
    """The observer of a simulated stack. Its own links are never faulted."""

    def saw(self, event: Event) -> None:
        """Every event that a program told."""
        ...

    def control(self, action: str, host: str, done: Callable[[bool, str], None]) -> None:
        """done: whether it was accepted, and a detail for people."""
        ...

    def read_all(
        self, host: str, value_prefix: str, done: Callable[[tuple[int, tuple[str, ...]] | str], None]
    ) -> None:
        """done: (epoch, values) at the primary `host`, or why they cannot be had."""
        ...


class Simulated(Protocol):
    """What a target must offer to be run in virtual time; made anew for each run.

    One that has a model of the truth tells each violation of an invariant as an event (Violated).
    """

    def program(self, plan: Plan, host: HostPlan) -> Program:
        """The main program of a host that is no client."""
        ...

    def process(self, host: HostPlan) -> ServiceProcess:
        """What `scope: process` means there."""
        ...

    def connect(self, kernel: Kernel, address: str, done: Callable[[bool], None]) -> SimulatedConnection:
        """A client's connection; done: whether it can be used now. Closing it before gives up, unheard."""
        ...

    def watch(self, plan: Plan, kernel: Kernel) -> SimulatedWatch: ...


class Aim(Struct, frozen=True):
    """An act worth striking at, in the target's words for moments. whose: roles that do it; empty: any."""

    act: str
    what: str
    whose: tuple[str, ...] = ()


class Searched(Simulated, Protocol):
    """What a search asks beside, of one run."""

    def variation(self, draw: Random, needs: Mapping[str, Sequence[Json]]) -> dict[str, Json]:
        """A settings block as a person could write it, drawn. needs: setting -> what alone is of use."""
        ...

    def moments(self, *, failing: bool) -> Sequence[Aim]:
        """Acts, as often as they are worth it. failing: that a failover, a switchover or a rejoin brings."""
        ...

    def during(self, act: str, what: str) -> str:
        """In which part of the protocol such an act lies, for a report."""
        ...

    def nobody_can_reign(self) -> bool:
        """What alone may lead is lost: the target waits for a person, and is right to."""
        ...

    def note_edges(self) -> None:
        """From now on; to be said before the run begins, since it costs a tenth of it."""
        ...

    def edges(self) -> Mapping[str, int]:
        """Every edge of its machines' state tables -> 1 if this run took it; empty where none were noted."""
        ...


class Checker(Protocol):
    """Plan and entries of one journal -> findings. Pure."""

    def __call__(self, plan: Plan, entries: Sequence[object]) -> Sequence[object]: ...
