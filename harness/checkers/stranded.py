"""Which clients a fault strands with its victim. Their outage is reported apart: it is not *the* outage.

A client that is bound to a node's own address always is. Of cuts, those are stranded that keep their
link to the old primary while every other data node is lost to them, and those that lose everything: there
the fault is the client's own. A client that only loses the primary, the router, or some of the others, is
on the cluster's side. Cuts that are in force together count together; what is no cut strands nobody, nor
does a cut that neither strikes the primary nor takes a data node from the client: the ones that reign by
then are others.
"""

from __future__ import annotations

from collections.abc import Sequence

from harness.checkers.acts import Act, in_force
from harness.model.fault import Cut
from harness.model.plan import ClientPlan
from harness.reach import Hosts, cut_peers


def stranded(clients: Sequence[ClientPlan], acts: Sequence[Act], hosts: Hosts) -> frozenset[str]:
    return frozenset(
        client.host
        for client in clients
        if client.via in ("primary", "standby")
        or any(_is_stranded(client.host, act, acts, hosts) for act in acts)
    )


def _is_stranded(client: str, act: Act, acts: Sequence[Act], hosts: Hosts) -> bool:
    if not isinstance(act.fault, Cut):
        return False
    earlier = in_force({other.act_id: other for other in acts if other is not act}, act.after_s)
    before, lost = cut_peers(client, earlier), cut_peers(client, [*earlier, act.fault])
    if lost.issuperset(hosts.data + hosts.witnesses + hosts.routers):
        return bool(lost)
    if not act.strikes and before.issuperset(lost.intersection(hosts.data)):
        return False
    others = [name for name in hosts.data if name != act.primary]
    return bool(act.primary) and act.primary not in lost and bool(others) and lost.issuperset(others)
