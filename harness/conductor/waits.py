"""What still lacks until a wait is met. Pure: view and counts -> one line for a person, empty when met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from harness.clusterview import ClusterView
from harness.model.drill import WaitFor
from harness.reach import Hosts

GOOD_WRITES = 3


class Waiting(Struct, frozen=True, kw_only=True):
    """A wait under way. The epoch and primary are those when its block of steps began."""

    wait_for: WaitFor
    host: str  # narrows `rejoined`; empty is every data node
    index: int
    text: str
    epoch_before: int
    primary_before: str


def lacks(
    waiting: Waiting, view: ClusterView, hosts: Hosts, awaited: Sequence[str], streaks: Mapping[str, int]
) -> str:
    """Empty when the wait is met. awaited: the clients that must be served; streaks: good writes in a row."""
    match waiting.wait_for:
        case "steady":
            return steady_lacks(view, hosts, awaited, streaks)
        case "rejoined":
            return rejoined_lacks(view, hosts, waiting.host)
        case "failover":
            return failover_lacks(view, waiting)


def steady_lacks(view: ClusterView, hosts: Hosts, awaited: Sequence[str], streaks: Mapping[str, int]) -> str:
    """Undisturbed and whole: no fault in force, one primary, all in step, all up, every client served."""
    if view.faults:
        return "a fault is in force"
    return _cluster_lacks(view, hosts) or _clients_lack(awaited, streaks)


def _cluster_lacks(view: ClusterView, hosts: Hosts) -> str:
    claims = view.primaries
    if len(claims) != 1:
        return "no primary" if not claims else f"{len(claims)} primaries: {', '.join(claims)}"
    register = view.serving()
    if register is None:
        return f"the register does not name {claims[0]} in its newest epoch"
    late = [host for host in hosts.data if not view.has_rejoined(host, hosts)]
    if late:
        return f"{', '.join(late)} not in step"
    silent = [host for host in hosts.data + hosts.witnesses if not view.is_ready(host)]
    return f"{', '.join(silent)} not ready" if silent else ""


def silent_why(view: ClusterView, hosts: Hosts) -> str:
    """Why data nodes are not ready, as it was told; empty where nothing was."""
    ill = [view.health[host] for host in hosts.data if host in view.health and not view.is_ready(host)]
    return "; ".join(f"{said.host}: {said.detail}" for said in ill if said.detail)


def _clients_lack(awaited: Sequence[str], streaks: Mapping[str, int]) -> str:
    unserved = [client for client in awaited if streaks.get(client, 0) < GOOD_WRITES]
    return f"{', '.join(unserved)} without {GOOD_WRITES} good writes in a row" if unserved else ""


def rejoined_lacks(view: ClusterView, hosts: Hosts, host: str) -> str:
    wanted = (host,) if host else hosts.data
    late = [name for name in wanted if not view.has_rejoined(name, hosts)]
    return f"{', '.join(late)} not in step" if late else ""


def failover_lacks(view: ClusterView, waiting: Waiting) -> str:
    """Another node serves under a newer epoch than the block began with."""
    primary = view.newest_primary
    if not primary or view.roles[primary].epoch <= waiting.epoch_before:
        return f"no epoch newer than {waiting.epoch_before} is served"
    return f"{primary} is primary still" if primary == waiting.primary_before else ""
