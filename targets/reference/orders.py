"""What an operator can ask of a host's entry (port 7100), over harness.workloads.lines."""

from __future__ import annotations

import msgspec
from msgspec import Struct


class SwitchoverOrder(Struct, frozen=True, tag="switchover"):
    """Hand over to this node; asked of the present primary."""

    to: str


_orders = msgspec.json.Decoder(SwitchoverOrder)


def order(body: msgspec.Raw) -> SwitchoverOrder:
    """Raises ValueError when it is no order."""
    decoded: SwitchoverOrder = _orders.decode(body)
    return decoded
