"""A world in memory for the tests of the run: a cluster that fails over as told, on a clock that jumps.

It keeps the seam's promises (each command is answered by events, closing heals), so that the real conductor
and the real judge run against it. `at_turn` is called before each turn: there a test breaks things.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from msgspec import Struct

from harness.model.command import (
    Command,
    Control,
    Heal,
    Inject,
    ReadAll,
    StartLoad,
    StopLoad,
    Wake,
)
from harness.model.errors import WorldError
from harness.model.event import (
    Applied,
    Controlled,
    Event,
    Failed,
    FinalRead,
    Healed,
    HealthReported,
    LoadStopped,
    MembershipChanged,
    NodeRole,
    OpKind,
    PhaseName,
    PhaseReached,
    Returned,
    RoleChanged,
    Woke,
)
from harness.model.fault import Fault, Kill
from harness.model.plan import Plan

_TURN_S = 0.1
_WRITE_EVERY_S = 0.05
_FAILOVER_S = 0.08


class Lane(Struct, frozen=True):
    """A writer of a client, and the read that follows each of its writes."""

    load: StartLoad
    index: int


class MemoryWorld:
    """n1 is primary, n2 its standby; killing the primary promotes the other, healing makes it a standby."""

    def __init__(self, plan: Plan, *, at_turn: Callable[[int], None] = lambda turn: None) -> None:
        self._plan, self._at_turn = plan, at_turn
        self._now_s, self._turn, self._order = 0.0, 0, 0
        self._due: list[tuple[float, int, Event | Lane]] = []
        self._primary, self._epoch, self._up = "n1", 1, {"n1", "n2"}
        self._serves_from_s = 0.0
        self._written: list[str] = []
        self._loads: dict[str, StartLoad] = {}
        self.faults: dict[str, Fault] = {}
        self.healed: list[str] = []
        self.closed = 0
        self.silent = False  # answers nothing any more
        self.gone = False  # raises whatever is asked
        self.forgets: set[str] = set()  # values that the final read will not show
        self.fails: set[str] = set()  # commands of these kinds fail: inject, heal, read, load
        for host in plan.hosts:
            if host.role in ("data", "witness"):
                self._tell(0.0, HealthReported(at_s=0.0, host=host.name, ready=True, epoch=1))
        self._tell_roles(0.0)

    def now_s(self) -> float:
        return self._now_s

    @property
    def turns(self) -> int:
        return self._turn

    def perform(self, command: Command) -> None:
        if self.gone:
            raise WorldError("the engine went away; start it again")
        now_s = self._now_s
        match command:
            case Inject(fault_id=fault_id, fault=fault):
                self._inject(fault_id, fault)
            case Heal(fault_id=fault_id):
                self._heal(fault_id)
            case StartLoad():
                self._start(command)
            case StopLoad(client=client):
                self._loads.pop(client, None)
                self._tell(now_s + 0.01, LoadStopped(client=client, at_s=now_s + 0.01))
            case Control(control_id=control_id):
                answer = Controlled(
                    control_id=control_id, ok=True, detail="", before_s=now_s, after_s=now_s + 0.001
                )
                self._tell(now_s, answer)
            case ReadAll(read_id=read_id, host=host, value_prefix=prefix):
                self._read(read_id, host, prefix)
            case Wake(wake_id=wake_id, after_s=after_s):
                self._tell(now_s + after_s, Woke(wake_id=wake_id, at_s=now_s + after_s))

    def advance(self) -> Sequence[Event]:
        self._turn += 1
        self._at_turn(self._turn)
        if self.gone:
            raise WorldError("the engine went away; start it again")
        until_s = self._now_s + _TURN_S
        events: list[Event] = []
        while self._due and self._due[0][0] <= until_s:
            at_s, _, thing = heapq.heappop(self._due)
            if isinstance(thing, Lane):
                events += self._operations(thing, at_s)
            else:
                events.append(thing)
        self._now_s = until_s
        return [] if self.silent else events

    def close(self) -> None:
        self.closed += 1
        self.faults.clear()

    def _failing(self, kind: str, command_id: str) -> bool:
        if kind in self.fails:
            self._tell(self._now_s, Failed(command_id=command_id, reason="it broke", at_s=self._now_s))
        return kind in self.fails

    def _start(self, load: StartLoad) -> None:
        if self._failing("load", load.client):
            return
        self._loads[load.client] = load
        for index in range(load.writers):
            self._tell(self._now_s + _WRITE_EVERY_S * (1 + index / load.writers), Lane(load, index))

    def _read(self, read_id: str, host: str, prefix: str) -> None:
        if self._failing("read", read_id):
            return
        now_s = self._now_s
        values = tuple(v for v in self._written if v.startswith(f"{prefix}.") and v not in self.forgets)
        read = FinalRead(read_id=read_id, host=host, epoch=self._epoch, values=values, at_s=now_s)
        self._tell(now_s, read)

    def _inject(self, fault_id: str, fault: Fault) -> None:
        now_s = self._now_s
        if self._failing("inject", fault_id):
            return
        self.faults[fault_id] = fault
        applied = Applied(
            fault_id=fault_id, fault=fault, before_s=now_s, after_s=now_s + 0.001, evidence=("seen to end",)
        )
        self._tell(now_s, applied)
        if isinstance(fault, Kill) and fault.host in self._up:
            self._up.discard(fault.host)
            if fault.host == self._primary:
                self._fail_over(fault.host, now_s)

    def _fail_over(self, old: str, now_s: float) -> None:
        new = "n2" if old == "n1" else "n1"
        phases: list[tuple[PhaseName, float]] = [
            ("suspected", 0.005),
            ("decided", 0.01),
            ("lease_over", 0.011),
        ]
        for name, after_s in phases:
            phase = PhaseReached(at_s=now_s + after_s, host="w1", phase=name, epoch=self._epoch, subject=old)
            self._tell(phase.at_s, phase)
        self._primary, self._epoch = new, self._epoch + 1
        at_s = self._serves_from_s = now_s + _FAILOVER_S
        self._tell(at_s, PhaseReached(at_s=at_s, host=new, phase="promoted", epoch=self._epoch, subject=new))
        self._tell_roles(at_s)

    def _heal(self, fault_id: str) -> None:
        now_s = self._now_s
        self.healed.append(fault_id)
        if self._failing("heal", fault_id):
            return
        fault = self.faults.pop(fault_id, None)
        healed = Healed(fault_id=fault_id, before_s=now_s, after_s=now_s + 0.001, evidence=("seen to start",))
        self._tell(now_s, healed)
        if isinstance(fault, Kill):
            self._up.add(fault.host)
            self._tell_roles(now_s + 0.05)
            at_s = now_s + 0.06
            self._tell(
                at_s,
                PhaseReached(
                    at_s=at_s, host=self._primary, phase="rejoined", epoch=self._epoch, subject=fault.host
                ),
            )

    def _operations(self, lane: Lane, at_s: float) -> list[Event]:
        """A write, and a read of it, of a client that goes on; the next one is scheduled."""
        load = lane.load
        if self._loads.get(load.client) is not load:
            return []
        self._tell(at_s + _WRITE_EVERY_S, lane)
        value = f"{load.value_prefix}.{load.client}.{lane.index}.{len(self._written)}"
        served = at_s >= self._serves_from_s and self._primary in self._up
        self._written.append(value)
        if not served:
            self.forgets.add(value)
        calls: tuple[tuple[OpKind, float], ...] = (("write", at_s), ("read", at_s + 0.002))
        return [
            Returned(
                trial=load.trial,
                client=load.client,
                kind=kind,
                key=value,
                value=value if served or kind == "write" else "",
                outcome="ok" if served else "fail",
                scheduled_s=called_s,
                call_s=called_s,
                ret_s=called_s + 0.001,
                node=self._primary if served else "",
                epoch=self._epoch if served else 0,
            )
            for kind, called_s in calls
        ]

    def _tell_roles(self, at_s: float) -> None:
        for host in sorted(self._up):
            role: NodeRole = "primary" if host == self._primary else "standby"
            self._tell(at_s, RoleChanged(at_s=at_s, host=host, role=role, epoch=self._epoch))
            self._tell(at_s, HealthReported(at_s=at_s, host=host, ready=True, epoch=self._epoch))
        register = MembershipChanged(
            at_s=at_s,
            host="w1",
            epoch=self._epoch,
            primary=self._primary,
            eligible=tuple(sorted(self._up)),
        )
        self._tell(at_s, register)

    def _tell(self, at_s: float, thing: Event | Lane) -> None:
        self._order += 1
        heapq.heappush(self._due, (at_s, self._order, thing))
