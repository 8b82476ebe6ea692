"""What a search has reached: which fault hit whom in which phase, which edges were taken. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

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


def hits(plan: Plan, entries: Sequence[Entry]) -> dict[str, int]:
    """`kill of the primary, calm` -> how often."""
    hosts, found = Hosts.of(plan.hosts), Counter[str]()
    roles: dict[str, str] = {}
    primary, phase = "", CALM
    for entry in entries:
        match entry:
            case RoleChanged(host=host, role=role):
                roles[host] = role
                primary = host if role == "primary" else primary
            case PhaseReached(phase=reached):
                phase = CALM if reached in _LAST else reached
            case Applied(fault=fault):
                found[f"{_verb(fault)} of {_whom(fault, hosts, roles, primary)}, {_during(phase)}"] += 1
            case Controlled(ok=True, action=action):
                found[f"{action}, {_during(phase)}"] += 1
    return dict(found)


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
