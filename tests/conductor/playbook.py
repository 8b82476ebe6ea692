"""Given, when, expect: the conductor as a play in lines of text, with no clock but the one of the wakes.

    play = given(plan())
    play.when(*steady())
    play.expect("trial 1 begins at n1", "load client1 at router", "load client2 at router")
    play.wake("step1")
    play.expect(f"step 1: {KILL} (n1)", "inject t1.s1: kill n1 (process)")

Wakes that the conductor asks for are no lines: `wake` lets one come, `wakes` lists them. A failed `expect`
shows both sides as a diff.
"""

from __future__ import annotations

from difflib import ndiff
from typing import Any

from msgspec import structs

from harness.conductor import Conductor
from harness.conductor.stand import stamp
from harness.conductor.steps import text_of
from harness.model.command import (
    AwaitMoment,
    Command,
    Control,
    Execute,
    ForgetMoment,
    Heal,
    Inject,
    ReadAll,
    StartLoad,
    StopLoad,
    Wake,
)
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
    RoleChanged,
    Woke,
)
from harness.model.fault import Crash, Fault, describe
from harness.model.journal import Note, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from harness.model.moment import text_of as text_of_moment
from harness.model.plan import Plan
from tests.checkers.journals import KILL_PRIMARY, op

# How the steps of kill-primary read.
STEADY, KILL, REJOINED = (text_of(timed.step) for timed in KILL_PRIMARY)
CLIENTS = ("client1", "client2")
WITNESSES = ("w1", "w2", "w3")


class Playbook:
    """One run. now_s: the newest stamp that was told."""

    def __init__(self, plan: Plan) -> None:
        self.conductor = Conductor(plan)
        self.now_s = 0.0
        self.lines: list[str] = []
        self.wakes: dict[str, float] = {}
        self.injected: dict[str, Fault] = {}
        self._hear(*self.conductor.start())

    def when(self, *events: Event) -> Playbook:
        for event in events:
            self.now_s = max(self.now_s, stamp(event))
            self._hear(*self.conductor.handle(event))
        return self

    def wake(self, what: str) -> Playbook:
        """The wake that was last asked for under this name comes."""
        wake_id = next((known for known in reversed(self.wakes) if f".{what}." in known), "")
        assert wake_id, f"no wake is called {what}; there are {sorted(self.wakes)}"
        self.now_s = max(self.now_s, self.wakes.pop(wake_id))
        return self.when(Woke(wake_id=wake_id, at_s=self.now_s))

    def due(self, what: str) -> list[float]:
        """In how long the wakes of this name come."""
        return [round(at - self.now_s, 3) for name, at in self.wakes.items() if f".{what}." in name]

    def abort(self, reason: Any, detail: str = "") -> Playbook:
        self._hear(*self.conductor.abort(reason, detail))
        return self

    def expect(self, *lines: str) -> Playbook:
        """Exactly these were told since the last look."""
        told, self.lines = self.lines, []
        assert told == [*lines], "\n" + "\n".join(ndiff([*lines], told))
        return self

    def skip(self) -> Playbook:
        """Whatever was told until here is the story of another test."""
        self.lines = []
        return self

    @property
    def finished(self) -> bool:
        return self.conductor.finished

    @property
    def waiting_for(self) -> str:
        return self.conductor.progress.waiting_for

    # --- answers of the world -------------------------------------------------------------------------

    def applied(self, fault_id: str = "t1.s1") -> Playbook:
        fault = self.injected[fault_id]
        if isinstance(fault, Crash):
            fault = structs.replace(fault, host=fault.point.hosts[0])
        at = self.now_s
        return self.when(
            Applied(fault_id=fault_id, fault=fault, before_s=at, after_s=at + 0.001, evidence=("seen",))
        )

    def healed(self, fault_id: str = "t1.s1") -> Playbook:
        return self.when(
            Healed(fault_id=fault_id, before_s=self.now_s, after_s=self.now_s + 0.001, evidence=("seen",))
        )

    def failed(self, command_id: str, reason: str = "it broke") -> Playbook:
        return self.when(Failed(command_id=command_id, reason=reason, at_s=self.now_s))

    def controlled(self, control_id: str = "t1.s1", *, ok: bool = True) -> Playbook:
        answer = Controlled(control_id=control_id, ok=ok, detail="", before_s=self.now_s, after_s=self.now_s)
        return self.when(answer)

    def stopped(self, *clients: str) -> Playbook:
        return self.when(*(LoadStopped(client=client, at_s=self.now_s) for client in clients or CLIENTS))

    def read(self, read_id: str = "t1.read1", host: str = "n2") -> Playbook:
        return self.when(FinalRead(read_id=read_id, host=host, epoch=2, values=(), at_s=self.now_s))

    def served(self, *clients: str, good: int = 3) -> Playbook:
        """Good writes in a row."""
        for _ in range(good):
            self.now_s += 0.02
            self.when(*(_write(client, self.now_s) for client in clients or CLIENTS))
        return self

    def says(self, host: str, role: NodeRole, epoch: int) -> Playbook:
        return self.when(RoleChanged(at_s=self.now_s, host=host, role=role, epoch=epoch))

    def register(self, primary: str, epoch: int, eligible: str = "n1 n2") -> Playbook:
        return self.when(_register(primary, epoch, eligible, self.now_s))

    def fails_over(self, old: str = "n1", new: str = "n2", epoch: int = 2) -> Playbook:
        return self.says(new, "primary", epoch).register(new, epoch).says(old, "down", epoch - 1)

    def rejoins(self, host: str = "n1", epoch: int = 2) -> Playbook:
        return self.says(host, "standby", epoch)

    # --- what was told ----------------------------------------------------------------------------------

    def _hear(self, commands: list[Command], notes: list[Note]) -> None:
        self.lines += map(line, notes)
        for command in commands:
            if isinstance(command, Wake):
                self.wakes[command.wake_id] = self.now_s + command.after_s
            else:
                self.lines.append(line(command))
            if isinstance(command, Inject):
                self.injected[command.fault_id] = command.fault


def given(plan: Plan) -> Playbook:
    return Playbook(plan)


def steady(at: float = 0.1) -> list[Event]:
    """n1 is primary, n2 in step, all are up."""
    roles: list[tuple[str, NodeRole]] = [("n1", "primary"), ("n2", "standby")]
    return [
        *(RoleChanged(at_s=at, host=host, role=role, epoch=1) for host, role in roles),
        _register("n1", 1, "n1 n2", at),
        *(HealthReported(at_s=at, host=host, ready=True, epoch=1) for host in ("n1", "n2", *WITNESSES)),
    ]


def line(told: Command | Note) -> str:
    """A command or note as a person would say it."""
    match told:
        case Inject(fault_id=name, fault=fault):
            return f"inject {name}: {describe(fault)}"
        case Heal(fault_id=name):
            return f"heal {name}"
        case StartLoad(client=client, address=address):
            return f"load {client} at {address}"
        case StopLoad(client=client):
            return f"stop {client}"
        case Control(control_id=name, action=action, host=host):
            return f"control {name}: {action} to {host}"
        case Execute(command_id=name, host=host, argv=argv):
            return f"execute {name} on {host}: {' '.join(argv)}"
        case ReadAll(read_id=name, host=host):
            return f"read {name} at {host}"
        case AwaitMoment(moment_id=name, moment=moment):
            return f"await {name}: {text_of_moment(moment)}"
        case ForgetMoment(moment_id=name):
            return f"forget {name}"
        case Wake(wake_id=name, after_s=after_s):
            return f"wake {name} in {after_s:g} s"
        case TrialBegan(trial=number, primary=primary):
            return f"trial {number} begins at {primary}"
        case StepBegan(index=index, text=text, hosts=hosts):
            return f"step {index}: {text}" + (f" ({', '.join(hosts)})" if hosts else "")
        case WaitEnded(index=index, met=met, text=text):
            return f"wait {index} is met" if met else f"wait {index} expires: {text}"
        case TrialEnded(trial=number, completed=completed, reason=reason):
            return f"trial {number} is done" if completed else f"trial {number} is given up: {reason}"
        case RunEnded(reason=reason, detail=detail):
            return f"the run ends: {reason}" + (f", {detail}" if detail else "")


def _register(primary: str, epoch: int, eligible: str, at: float) -> MembershipChanged:
    return MembershipChanged(
        at_s=at, host="w1", epoch=epoch, primary=primary, eligible=tuple(eligible.split())
    )


def _write(client: str, at: float) -> Event:
    return op("write", f"t1.{client}.0.{at}", "ok", at, at + 0.001, client=client)
