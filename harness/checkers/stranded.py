"""Which clients a fault strands with its victim. Their outage is reported apart: it is not *the* outage.

A client that is bound to the primary's own address always is. Of a cut, those are stranded that keep
their link to the old primary while others of theirs are lost, and those that lose everything: there the
fault is the client's own. A client that only loses the primary, or the router, is on the cluster's side.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.checkers.history import Act
from harness.model.plan import ClientPlan
from harness.reach import Hosts, cut_peers


def stranded(clients: Sequence[ClientPlan], acts: Sequence[Act], hosts: Hosts) -> frozenset[str]:
    return frozenset(
        client.host
        for client in clients
        if client.via == "primary" or any(_is_stranded(client.host, act, hosts) for act in acts)
    )


def _is_stranded(client: str, act: Act, hosts: Hosts) -> bool:
    if act.fault is None:
        return False
    lost = cut_peers(client, (act.fault,))
    servers = hosts.data + hosts.witnesses + hosts.routers
    if lost.issuperset(servers):
        return True
    return bool(lost) and bool(act.primary) and act.primary not in lost and not lost.issubset(hosts.clients)
