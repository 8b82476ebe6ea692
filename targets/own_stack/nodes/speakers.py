"""Who asks the nodes, by what the stack file says that they speak. Imports only what is spoken."""

from __future__ import annotations

from harness.model.ownstack import OwnStack
from harness.seams import Dial, Inside
from targets.own_stack.nodes.command_node import CommandNodes
from targets.own_stack.nodes.conversation import Asker, Store
from targets.own_stack.nodes.http_node import HttpNodes
from targets.own_stack.setup import Access


def asker_of(own: OwnStack, dial: Dial, inside: Inside, access: Access) -> Asker:
    ports = _ports(own, own.ask.port)
    match own.ask.by:
        case "redis":
            from targets.own_stack.nodes.redis_node import RedisNodes

            return RedisNodes(dial, ports, access)
        case "postgres":
            from targets.own_stack.nodes.postgres_node import PostgresNodes

            return PostgresNodes(dial, ports, access)
        case "http":
            return HttpNodes(dial, ports, ask=own.ask)
        case "command":
            return CommandNodes(inside, ask=own.ask)


def store_of(own: OwnStack, dial: Dial, inside: Inside, access: Access) -> Store:
    ports = _ports(own, own.speaks.port)
    match own.speaks.by:
        case "redis":
            from targets.own_stack.nodes.redis_node import RedisNodes

            return RedisNodes(dial, ports, access)
        case "postgres":
            from targets.own_stack.nodes.postgres_node import PostgresNodes

            return PostgresNodes(dial, ports, access)
        case "http":
            return HttpNodes(dial, ports, ask=own.ask, everything=own.speaks.all)
        case "command":
            return CommandNodes(inside, ask=own.ask, everything=own.speaks.all_command)


def _ports(own: OwnStack, stated: int) -> dict[str, int]:
    """Of the data nodes: the one that is stated, else each one's first."""
    return {host.service: stated or host.ports[0] for host in own.hosts if host.role == "data"}
