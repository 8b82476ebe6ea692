"""A drill's controls as questions to the stack's hosts: the same for sockets and for virtual time. Pure."""

from __future__ import annotations

from msgspec import Struct

from targets.reference.driver.surroundings import PEER_PORT, WITNESS_PORT
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.messages import FenceOrder, Maintain, PromoteOrder, Rejoin

SWITCHOVER = "switchover"
CONTROLS = frozenset(
    {
        SWITCHOVER,
        "promote",
        "force",
        "rejoin",
        "power off",
        "power on",
        "maintenance on",
        "maintenance off",
    }
)
# For a promotion the lease is waited for, for the rest a ballot or two.
ORDER_LIMIT_S = 10.0
_BY = "a drill"

Order = PromoteOrder | FenceOrder | Maintain | Rejoin


class Question(Struct, frozen=True):
    """An order, and the host and port that take it; answered by an OrderAnswer."""

    host: str
    port: int
    order: Order


def question(action: str, host: str, *, reign: Reign, witness: str, request: int) -> Question:
    """reign: the newest that is known. witness: who is asked where any may. Raises KeyError for no order."""
    epoch, primary = reign
    if action == "rejoin":
        return Question(host, PEER_PORT, Rejoin(request))
    if action in ("maintenance on", "maintenance off"):
        return Question(host, WITNESS_PORT, Maintain(request, _BY if action == "maintenance on" else ""))
    orders: dict[str, Order] = {
        "promote": PromoteOrder(request, epoch, primary, host, False, _BY),
        "force": PromoteOrder(request, epoch, primary, host, True, _BY),
        "power off": FenceOrder(request, host, "Off", _BY),
        "power on": FenceOrder(request, host, "On", _BY),
    }
    return Question(witness, WITNESS_PORT, orders[action])
