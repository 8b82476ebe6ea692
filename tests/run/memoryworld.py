"""A world in memory for the tests of the run: a cluster that fails over as told, on a clock that jumps.

It keeps the seam's promises (each command is answered by events, closing heals), so that the real conductor
and the real judge run against it. `at_turn` is called before each turn: there a test breaks things.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

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
    FinalRead,
    Healed,
    HealthReported,
    LoadStopped,
    MembershipChanged,
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


class MemoryWorld:
    """n1 is primary, n2 its standby; killing the primary promotes the other, healing makes it a standby."""

    def __init__(self, plan: Plan, *, at_turn: Callable[[int], None] = lambda turn: None) -> None:
        self._plan, self._at_turn = plan, at_turn
        self._now_s, self._turn, self._order = 0.0, 0, 0
        self._due: list[tuple[float, int, Event | StartLoad]] = []
        self._primary, self._epoch, self._up = "n1", 1, {"n1", "n2"}
        self._written: list[str] = []
        self._loads: dict[str, StartLoad] = {}
        self.faults: dict[str, Fault] = {}
        self.closed = 0
        self.silent = False  # answers nothing any more
        self.gone = False  # raises whatever is asked
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
            case StartLoad(client=client):
                self._loads[client] = command
                self._tell(now_s + _WRITE_EVERY_S, command)
            case StopLoad(client=client):
                self._loads.pop(client, None)
                self._tell(now_s + 0.01, LoadStopped(client=client, at_s=now_s + 0.01))
            case Control(control_id=control_id):
                answer = Controlled(
                    control_id=control_id, ok=True, detail="", before_s=now_s, after_s=now_s + 0.001
                )
                self._tell(now_s, answer)
            case ReadAll(read_id=read_id, host=host, value_prefix=prefix):
                values = tuple(value for value in self._written if value.startswith(prefix))
                read = FinalRead(read_id=read_id, host=host, epoch=self._epoch, values=values, at_s=now_s)
                self._tell(now_s, read)
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
            if isinstance(thing, StartLoad):
                events += self._operation(thing, at_s)
            else:
                events.append(thing)
        self._now_s = until_s
        return [] if self.silent else events

    def close(self) -> None:
        self.closed += 1
        self.faults.clear()

    def _inject(self, fault_id: str, fault: Fault) -> None:
        now_s = self._now_s
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
        for name, after_s in (("suspected", 0.005), ("decided", 0.01), ("lease_over", 0.011)):
            phase = PhaseReached(at_s=now_s + after_s, host="w1", phase=name, epoch=self._epoch, subject=old)  # type: ignore[arg-type]
            self._tell(phase.at_s, phase)
        self._primary, self._epoch = new, self._epoch + 1
        at_s = now_s + _FAILOVER_S
        self._tell(at_s, PhaseReached(at_s=at_s, host=new, phase="promoted", epoch=self._epoch, subject=new))
        self._tell_roles(at_s)

    def _heal(self, fault_id: str) -> None:
        now_s = self._now_s
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

    def _operation(self, load: StartLoad, at_s: float) -> list[Event]:
        """One write of a client that goes on, and the next one scheduled."""
        if self._loads.get(load.client) is not load:
            return []
        self._tell(at_s + _WRITE_EVERY_S, load)
        value = f"{load.value_prefix}.{load.client}.0.{len(self._written)}"
        self._written.append(value)
        return [
            Returned(
                trial=load.trial,
                client=load.client,
                kind="write",
                key=value,
                value=value,
                outcome="ok",
                scheduled_s=at_s,
                call_s=at_s,
                ret_s=at_s + 0.001,
                node=self._primary,
                epoch=self._epoch,
            )
        ]

    def _tell_roles(self, at_s: float) -> None:
        for host in ("n1", "n2"):
            if host in self._up:
                role = "primary" if host == self._primary else "standby"
                self._tell(at_s, RoleChanged(at_s=at_s, host=host, role=role, epoch=self._epoch))  # type: ignore[arg-type]
                self._tell(at_s, HealthReported(at_s=at_s, host=host, ready=True, epoch=self._epoch))
        register = MembershipChanged(
            at_s=at_s,
            host="w1",
            epoch=self._epoch,
            primary=self._primary,
            eligible=tuple(sorted(self._up)),
        )
        self._tell(at_s, register)

    def _tell(self, at_s: float, thing: Event | StartLoad) -> None:
        self._order += 1
        heapq.heappush(self._due, (at_s, self._order, thing))
