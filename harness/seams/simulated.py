"""What a target must offer beside to be run, and searched, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol

from msgspec import Struct

from harness.model.drill import Json
from harness.model.event import Event, OpKind, Outcome
from harness.model.plan import HostPlan, Plan
from harness.seams.kernel import Kernel, Program
from harness.seams.target import ServiceProcess


class Reply(Struct, frozen=True, kw_only=True):
    """How one operation ended. fail: certainly not applied. answered: the system itself said so."""

    outcome: Outcome
    value: str = ""
    node: str = ""
    epoch: int = 0
    error: str = ""
    answered: bool = True


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
