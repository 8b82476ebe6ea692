"""Who asks the nodes, by what the stack file says that they speak. Imports only what is spoken."""

from __future__ import annotations

from harness.model.errors import TargetError
from harness.model.ownstack import OwnStack
from harness.seams import Dial, Inside
from targets.own_stack.nodes.conversation import Asker, Store
from targets.own_stack.setup import Access


def asker_of(own: OwnStack, dial: Dial, inside: Inside, access: Access) -> Asker:
    match own.ask.by:
        case "redis":
            from targets.own_stack.nodes.redis_node import RedisNodes

            return RedisNodes(dial, _ports(own, own.ask.port), access)
        case other:
            raise TargetError(f"primary.ask: {other} is not spoken yet")


def store_of(own: OwnStack, dial: Dial, inside: Inside, access: Access) -> Store:
    match own.speaks.by:
        case "redis":
            from targets.own_stack.nodes.redis_node import RedisNodes

            return RedisNodes(dial, _ports(own, own.speaks.port), access)
        case other:
            raise TargetError(f"load.driver: {other} is not spoken yet")


def _ports(own: OwnStack, stated: int) -> dict[str, int]:
    """Of the data nodes: the one that is stated, else each one's first."""
    return {host.service: stated or host.ports[0] for host in own.hosts if host.role == "data"}
