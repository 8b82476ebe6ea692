"""What an operator can ask of a host's entry (port 7100), over harness.workloads.lines."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from harness.model.fault import Side
from harness.workloads.strict import decoded


class SwitchoverOrder(Struct, frozen=True, tag="switchover"):
    """Hand over to this node; asked of the present primary."""

    to: str


class StartOrder(Struct, frozen=True, tag="start"):
    """Start the data node's process, where it has ended; asked of its agent."""


class CrashOrder(Struct, frozen=True, tag="crash"):
    """For drills: die right before or after the nth of these acts; each process counts its own."""

    name: str
    act: str
    what: str
    nth: int
    side: Side


class SpareOrder(Struct, frozen=True, tag="spare"):
    """Take back the CrashOrder of that name; nothing happens where there is none."""

    name: str


PointOrder = CrashOrder | SpareOrder
Order = SwitchoverOrder | StartOrder | CrashOrder | SpareOrder
_orders = msgspec.json.Decoder(Order)


def order(body: msgspec.Raw) -> Order:
    """Raises ValueError when it is no order."""
    told: Order = decoded(_orders.decode, body)
    return told
