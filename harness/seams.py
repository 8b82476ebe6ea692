"""The seams: what a world, a target and a checker must offer. Nothing here runs anything.

A world performs commands and tells events. A target knows one system: its stack, its settings, what
they promise, and how to watch and control it over sockets that the world dials. Neither knows the other.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from harness.model.command import Command
from harness.model.drill import Json
from harness.model.event import Event
from harness.model.plan import HostPlan, Plan, Promises

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
    """What a world brings up. environment is added to every service that is ours.

    images: local image names of the compose file -> names of our own images (see harness.setup).
    client_port: where a client host's load program listens (harness.workloads.wire).
    """

    compose_file: str
    hosts: tuple[StackHost, ...]
    environment: Mapping[str, str]
    images: Mapping[str, str]
    client_port: int


class Watch(Protocol):
    """A running observer of one stack."""

    def control(self, action: str, host: str) -> str:
        """Ask for a planned action; returns a detail for people. Raises TargetError when refused."""
        ...

    def read_all(self, host: str, value_prefix: str) -> tuple[int, tuple[str, ...]]:
        """(epoch, values) at the primary `host`. Raises TargetError when it cannot be had."""
        ...

    def close(self) -> None: ...


class Target(Protocol):
    """One kind of system under drill."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    def faults(self) -> frozenset[str]:
        """The fault verbs that make sense here: kill, stop, pause, partition, latency."""
        ...

    def controls(self) -> frozenset[str]: ...

    def vias(self) -> frozenset[str]: ...

    def defects(self) -> Mapping[str, str]:
        """Name -> one line of what is broken, for targets that are ours."""
        ...

    def hosts(self, settings: Mapping[str, Json]) -> tuple[HostPlan, ...]: ...

    def settings(self, written: Mapping[str, Json]) -> dict[str, Json]:
        """All settings, defaults filled in. Raises DrillError with `field` relative to the block."""
        ...

    def settings_schema(self) -> dict[str, Json]:
        """JSON Schema of the settings block."""
        ...

    def promises(self, settings: Mapping[str, Json]) -> Promises: ...

    def stack(self, plan: Plan, compose_root: Path) -> Stack: ...

    def watch(self, plan: Plan, dial: Dial, emit: Emit, clock: Callable[[float], float]) -> Watch:
        """Observe until closed. clock maps a raw CLOCK_MONOTONIC stamp to seconds since the run's origin."""
        ...


class Checker(Protocol):
    """Plan and entries of one journal -> findings. Pure."""

    def __call__(self, plan: Plan, entries: Sequence[object]) -> Sequence[object]: ...
