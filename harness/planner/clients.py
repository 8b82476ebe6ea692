"""The clients' shares of the load: which way each goes, and how many writers and readers it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from harness.model.drill import Drill, Via
from harness.model.errors import DrillError
from harness.model.plan import ClientPlan, HostPlan
from harness.reach import Hosts
from harness.roles import Cast, RoleError, host_of
from harness.seams import Target


def client_plans(drill: Drill, target: Target, hosts: Sequence[HostPlan]) -> tuple[ClientPlan, ...]:
    """Writers and readers go round the client hosts in turn. Raises DrillError without a path."""
    by = Hosts.of(hosts)
    ways = _ways(drill, hosts)
    usual = _usual_way(by, target.vias())
    plans = tuple(
        ClientPlan(
            host=host,
            via=ways[host][1] if host in ways else usual,
            writers=_share(drill.load.writers, index, len(by.clients)),
            readers=_share(drill.load.readers, index, len(by.clients)),
        )
        for index, host in enumerate(by.clients)
    )
    _check_ways(ways, target.name, target.vias())
    return plans


def _usual_way(by: Hosts, offered: Collection[str]) -> Via:
    """As most clients of such a system go: through its router, else asking who is primary."""
    if by.routers:
        return "router"
    return "discovery" if "discovery" in offered else "primary"


def _share(lanes: int, index: int, clients: int) -> int:
    return lanes // clients + (index < lanes % clients)


def _ways(drill: Drill, hosts: Sequence[HostPlan]) -> dict[str, tuple[str, Via]]:
    """Client host -> (the word it was written as, its way)."""
    nobody = Cast(primary="", old_primary="", victim="", hosts=tuple(hosts))
    clients = Hosts.of(hosts).clients
    ways: dict[str, tuple[str, Via]] = {}
    for word, via in drill.clients.items():
        field = f"clients.{word}"
        try:
            host = host_of(word, nobody)
        except RoleError as error:
            raise DrillError(f"{error}", field=field) from error
        if host not in clients:
            raise DrillError(f"{host} is no client; there are {', '.join(_words(clients))}", field=field)
        if host in ways:
            raise DrillError(f"the same client as '{ways[host][0]}'; keep one", field=field)
        ways[host] = (word, via)
    return ways


def _words(clients: Sequence[str]) -> list[str]:
    return [f"client/{number}" for number in range(1, len(clients) + 1)]


def _check_ways(ways: Mapping[str, tuple[str, Via]], target: str, offered: Collection[str]) -> None:
    for word, via in ways.values():
        if via not in offered:
            raise DrillError(
                f"{target} offers clients no way '{via}'; choose one of {', '.join(sorted(offered))}",
                field=f"clients.{word}.via",
            )
