"""What a target must offer: one system, its stack, and how to watch and control it over dialled sockets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from harness.model.drill import Json
from harness.model.fault import Side
from harness.model.moment import Moment
from harness.model.plan import HostPlan, Plan, Promises
from harness.model.proof import Proof
from harness.seams.world import Dial, Emit, Inside


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
    services: beside those of the compose file, as one would have them: the clients of a stack that has none.
    stand_ins: images of the compose file -> recipes of images that stand in for those the engine has not.
    """

    compose_file: str
    hosts: tuple[StackHost, ...]
    environment: Mapping[str, str]
    images: Mapping[str, str]
    client_port: int
    profiles: tuple[str, ...] = ()
    services: Mapping[str, Json] = {}
    stand_ins: Mapping[str, str] = {}


class Watch(Protocol):
    """A running observer of one stack."""

    def control(self, action: str, host: str) -> str:
        """Ask for a planned action; returns a detail for people.

        Raises TargetError when refused, WorldError when it could not be asked for: that proves nothing.
        """
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
        self,
        plan: Plan,
        stack: Stack,
        dial: Dial,
        emit: Emit,
        clock: Callable[[float], float],
        inside: Inside,
    ) -> Watch:
        """Observe until closed. clock maps a raw CLOCK_MONOTONIC stamp to seconds since the run's origin.

        stack: what `stack` returned and a world has brought up, with all that was drawn for it alone.
        """
        ...
