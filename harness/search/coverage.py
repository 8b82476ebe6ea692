"""What a search has reached: which fault hit whom in which phase, which edges were taken. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from harness.ids import step_id
from harness.model.drill import CrashStep, HoldStep, WaitStep
from harness.model.event import Applied, Controlled, PhaseReached, RoleChanged
from harness.model.fault import Cut, Fault
from harness.model.journal import Entry
from harness.model.plan import Plan
from harness.reach import Hosts, silenced, victim

CALM = "calm"
# With these a failover is over.
_LAST = ("validated", "rejoined")


class Coverage(Struct, frozen=True):
    """hits: how often a fault hit a role in a phase. edges: how often each edge was taken, 0 included."""

    hits: dict[str, int] = {}
    edges: dict[str, int] = {}

    @property
    def never(self) -> tuple[str, ...]:
        """Edges of the state tables that no schedule took."""
        return tuple(edge for edge, times in self.edges.items() if not times)


def merged(parts: Iterable[Coverage]) -> Coverage:
    hits, edges = Counter[str](), dict[str, int]()
    for part in parts:
        hits.update(part.hits)
        for edge, times in part.edges.items():
            edges[edge] = edges.get(edge, 0) + times
    return Coverage(dict(sorted(hits.items())), edges)


# In which part of the protocol an act lies: (act, what) -> a few words.
During = Callable[[str, str], str]


def hits(plan: Plan, entries: Sequence[Entry], during: During) -> dict[str, int]:
    """`kill of the primary, calm` -> how often. What was aimed at a moment counts there as well."""
    hosts, found = Hosts.of(plan.hosts), Counter[str]()
    roles: dict[str, str] = {}
    primary, phase, aims = "", CALM, _aims(plan)
    for entry in entries:
        match entry:
            case RoleChanged(host=host, role=role):
                roles[host] = role
                primary = host if role == "primary" else primary
            case PhaseReached(phase=reached):
                phase = CALM if reached in _LAST else reached
            case Applied(fault=fault):
                found[f"{_verb(fault)} of {_whom(fault, hosts, roles, primary)}, {_during(phase)}"] += 1
                found.update(_aimed(aims, entry.fault_id, during))
            case Controlled(ok=True, action=action):
                found[f"{action}, {_during(phase)}"] += 1
                found.update(_aimed(aims, entry.control_id, during))
    return dict(found)


def _aims(plan: Plan) -> dict[str, tuple[str, str]]:
    """Of every step that waits for a moment, or dies at one: the act."""
    aims: dict[str, tuple[str, str]] = {}
    for trial in plan.trials:
        for index, timed in enumerate(trial.steps):
            step = timed.step
            if isinstance(step, CrashStep):
                aims[step_id(trial.number, index)] = (step.act, step.what)
            elif not isinstance(step, WaitStep | HoldStep) and step.on is not None:
                aims[step_id(trial.number, index)] = (step.on.act, step.on.what)
    return aims


def _aimed(aims: Mapping[str, tuple[str, str]], name: str, during: During) -> tuple[str, ...]:
    return (f"aimed {during(*aims[name])}",) if name in aims else ()


def _during(phase: str) -> str:
    return phase if phase == CALM else f"after {phase}"


def _verb(fault: Fault) -> str:
    name = type(fault).__name__.lower()
    return f"{name} ({fault.how})" if isinstance(fault, Cut) else name


def _whom(fault: Fault, hosts: Hosts, roles: Mapping[str, str], primary: str) -> str:
    """The role of whom it takes out; of links the node that it disturbs."""
    host = victim(fault, hosts, primary=primary)
    if host in hosts.data:
        return f"a {roles.get(host, 'starting')} node"
    silent = silenced(fault)
    return "links" if not silent else "a witness" if silent in hosts.witnesses else "the router"
