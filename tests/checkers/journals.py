"""A small language for journals: what was said, done and served, in seconds of the run.

    seen = look(says("n1", "primary", 1, at=0), killed("n1", at=1), acked("a", 0.5, 0.51), final("a", at=9))

`look` puts the entries into one trial of a whole run and gives that trial as the checkers see it. `trial`
and `run` build journals of several. Entries stand in the order in which they are named, as in a journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from harness.checkers.history import Trial, history
from harness.journalfile import Journal
from harness.model.drill import Expectation, KillStep, Load, Measure, Via, WaitStep, Window
from harness.model.event import (
    Applied,
    Controlled,
    Failed,
    FinalRead,
    Healed,
    HealthLayer,
    LoadStopped,
    MembershipChanged,
    NodeRole,
    OpKind,
    Outcome,
    PhaseName,
    PhaseReached,
    Returned,
    RoleChanged,
    Stalled,
)
from harness.model.fault import Cut, CutMode, Fault, Kill, Link, Pause
from harness.model.journal import Entry, RunEnded, StepBegan, TrialBegan, TrialEnded, WaitEnded
from harness.model.plan import Bound, ClientPlan, HostPlan, HostRole, Plan, Promises, TimedStep, TrialPlan
from harness.model.verdict import Figure

HOSTS: tuple[tuple[str, HostRole], ...] = (
    ("n1", "data"),
    ("n2", "data"),
    ("w1", "witness"),
    ("w2", "witness"),
    ("w3", "witness"),
    ("router", "router"),
    ("client1", "client"),
    ("client2", "client"),
)
KILL_PRIMARY = (
    TimedStep(step=WaitStep(wait_for="steady", within_s=20.0)),
    TimedStep(
        step=KillStep(verb="kill", victim="primary", scope="process", at=Window(1.0, 1.0), until_s=2.0),
        at_s=1.0,
    ),
    TimedStep(step=WaitStep(wait_for="rejoined", host="victim", within_s=20.0)),
)
BOUND_S = 0.5

Entries = Entry | Iterable["Entries"]


# --- the plan ---------------------------------------------------------------------------------------


def plan(*expect: Expectation, **changes: Any) -> Plan:
    """kill-primary on two data nodes; two clients with a writer each. steps: of every trial."""
    steps, trials = changes.pop("steps", KILL_PRIMARY), changes.pop("trials", 1)
    values: dict[str, Any] = {
        "drill": "kill-primary",
        "story": "",
        "target": "reference",
        "world": "memory",
        "seed": 1,
        "defect": "",
        "settings": {},
        "hosts": tuple(HostPlan(name=name, role=role) for name, role in HOSTS),
        "clients": (client("client1"), client("client2")),
        "load": Load(writers=2, readers=2),
        "trials": tuple(TrialPlan(number=number, steps=steps) for number in range(1, trials + 1)),
        "expect": expect,
        "promises": Promises(
            detection=Bound(limit_s=BOUND_S, formula="stated"),
            rpo=Bound(limit_s=0.0, formula="stated"),
            lost_writes_max=0,
            reads_are_linearizable=True,
        ),
    }
    return Plan(**{**values, **changes})


def client(host: str, *, via: Via = "router", writers: int = 1) -> ClientPlan:
    return ClientPlan(host=host, via=via, writers=writers, readers=1)


def expect(measure: Measure, limit: float | None = 0.0, *, q: float = 1.0, at_least: bool = False) -> Any:
    return Expectation(measure=measure, limit=limit, quantile=q, at_least=at_least)


# --- what is said -----------------------------------------------------------------------------------


def says(host: str, role: NodeRole, epoch: int, *, at: float) -> RoleChanged:
    return RoleChanged(at_s=at, host=host, role=role, epoch=epoch)


def register(primary: str, epoch: int, *, at: float, eligible: str = "n1 n2") -> MembershipChanged:
    return MembershipChanged(
        at_s=at, host="w1", epoch=epoch, primary=primary, eligible=tuple(eligible.split())
    )


def phase(
    name: PhaseName,
    epoch: int,
    *,
    at: float,
    subject: str = "n1",
    host: str = "w1",
    layer: HealthLayer | Literal[""] = "",
) -> PhaseReached:
    return PhaseReached(at_s=at, host=host, phase=name, epoch=epoch, subject=subject, layer=layer)


def stalled(from_s: float, to_s: float, *, who: str = "harness") -> Stalled:
    return Stalled(who=who, from_s=from_s, to_s=to_s)


# --- what is done -----------------------------------------------------------------------------------


def killed(host: str, *, at: float, until: float | None = None, name: str = "t1.s1") -> list[Entry]:
    return fault(Kill(host, "process"), at=at, until=until, name=name)


def paused(host: str, *, at: float, until: float | None = None, name: str = "t1.s1") -> list[Entry]:
    return fault(Pause(host, "host"), at=at, until=until, name=name)


def parted(
    side: str, *, at: float, until: float | None = None, name: str = "t1.s1", how: CutMode = "drop"
) -> list[Entry]:
    """The hosts of one side against all others."""
    return fault(Cut(cut_of(side), how), at=at, until=until, name=name)


def cut_of(side: str, rest: str = "") -> tuple[Link, ...]:
    """Links both ways between the hosts of one side and the rest: all others, or those named."""
    mine = side.split()
    others = rest.split() or [name for name, _ in HOSTS if name not in mine]
    return tuple(link for a in mine for b in others for link in (Link(a, b), Link(b, a)))


def fault(
    fault: Fault, *, at: float, until: float | None = None, name: str = "t1.s1", width: float = 0.002
) -> list[Entry]:
    """Injected between at and at + width, healed likewise; never where until is None."""
    applied = Applied(fault_id=name, fault=fault, before_s=at, after_s=at + width, evidence=("seen",))
    if until is None:
        return [applied]
    return [applied, Healed(fault_id=name, before_s=until, after_s=until + width, evidence=("seen",))]


def switched(*, at: float, ok: bool = True, name: str = "t1.s1") -> Controlled:
    return Controlled(control_id=name, ok=ok, detail="", before_s=at, after_s=at + 0.002)


def failed(name: str, reason: str = "no such process", *, at: float = 0.0) -> Failed:
    return Failed(command_id=name, reason=reason, at_s=at)


def began(index: int, *, at: float, number: int = 1) -> StepBegan:
    return StepBegan(trial=number, index=index, at_s=at, text="")


def waited(index: int, *, at: float, met: bool, number: int = 1) -> WaitEnded:
    return WaitEnded(trial=number, index=index, at_s=at, met=met, text=f"wait {index}")


# --- what is served ---------------------------------------------------------------------------------


def op(kind: OpKind, value: str, outcome: Outcome, call: float, ret: float | None, **more: Any) -> Returned:
    """more: by, epoch, client, key, scheduled, trial."""
    return Returned(
        trial=more.get("trial", 1),
        client=more.get("client", "client1"),
        kind=kind,
        key=more.get("key", "k"),
        value=value,
        outcome=outcome,
        scheduled_s=more.get("scheduled", call),
        call_s=call,
        ret_s=ret,
        node=more.get("by", ""),
        epoch=more.get("epoch", 0),
    )


def acked(value: str, call: float, ret: float, *, by: str = "n1", epoch: int = 1, **more: Any) -> Returned:
    """A write that was acknowledged."""
    return op("write", value, "ok", call, ret, by=by, epoch=epoch, **more)


def refused(value: str, call: float, ret: float, *, by: str = "n1", **more: Any) -> Returned:
    """A write that the node said it will not do."""
    return op("write", value, "fail", call, ret, by=by, **more)


def unknown(value: str, call: float, **more: Any) -> Returned:
    """A write without an answer: it may have been applied, now or later."""
    return op("write", value, "unknown", call, None, **more)


def read(value: str, call: float, ret: float, *, by: str = "n1", epoch: int = 1, **more: Any) -> Returned:
    """A read that returned this value; "" is nothing."""
    return op("read", value, "ok", call, ret, by=by, epoch=epoch, **more)


def final(*values: str, at: float = 90.0, host: str = "n1", epoch: int = 1, number: int = 1) -> FinalRead:
    return FinalRead(read_id=f"t{number}.read1", host=host, epoch=epoch, values=values, at_s=at)


def ends(figure: Figure | None) -> tuple[float | None, ...]:
    """Low, value and high, to the microsecond."""
    assert figure is not None
    found = (figure.low, figure.value, figure.high)
    return tuple(None if end is None else round(end, 6) for end in found)


# --- journals ---------------------------------------------------------------------------------------


def flat(entries: Iterable[Entries]) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        found += [entry] if isinstance(entry, Entry) else flat(entry)
    return found


def trial(
    *entries: Entries,
    number: int = 1,
    begun: float = 0.0,
    ended: float = 99.0,
    completed: bool = True,
    reason: str = "",
) -> list[Entry]:
    """A trial from its beginning to its end. All clients tell their last operation before the final read."""
    inside = flat(entries)
    place = next((i for i, entry in enumerate(inside) if isinstance(entry, FinalRead)), len(inside))
    stopped = [LoadStopped(client=name, at_s=ended - 2.0) for name in ("client1", "client2")]
    return [
        TrialBegan(trial=number, at_s=begun, primary="n1"),
        *inside[:place],
        *stopped,
        *inside[place:],
        TrialEnded(trial=number, at_s=ended, completed=completed, reason=reason),
    ]


def run(*entries: Entries, reason: Any = "done") -> Journal:
    """A whole journal."""
    return Journal((*flat(entries), RunEnded(at_s=999.0, reason=reason)))


def look(*entries: Entries, of: Plan | None = None) -> Trial:
    """One trial of a whole run, as the checkers see it."""
    return history(of or plan(), run(trial(*entries)).entries).trials[0]
