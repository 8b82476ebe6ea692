"""What an operator can ask of a host's entry (port 7100), over harness.workloads.lines."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class SwitchoverOrder(Struct, frozen=True, tag="switchover"):
    """Hand over to this node; asked of the present primary."""

    to: str


class StartOrder(Struct, frozen=True, tag="start"):
    """Start the data node's process, where it has ended; asked of its agent."""


Order = SwitchoverOrder | StartOrder
_orders = msgspec.json.Decoder(Order)


def order(body: msgspec.Raw) -> Order:
    """Raises ValueError when it is no order."""
    decoded: Order = _orders.decode(body)
    return decoded
