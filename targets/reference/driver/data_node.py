"""A data node's host: the agent, and as its only child the process that acknowledges.

    python3 -m targets.reference.driver.data_node n1

SIGUSR1 to the agent starts a child that has ended; SIGTERM ends both in order.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys

from targets.reference.driver.agent_host import AgentHost
from targets.reference.driver.child import Forked, become_child
from targets.reference.driver.damage import DamagedError
from targets.reference.driver.loop import end_broken
from targets.reference.driver.node_host import NodeHost
from targets.reference.driver.refusing import RefusingNode
from targets.reference.driver.surroundings import Surroundings, surroundings


def main() -> None:
    where = surroundings()
    gc.freeze()
    loop = asyncio.new_event_loop()
    beginning = loop.create_task(_agent(where))
    try:
        loop.run_forever()
    except Forked as forked:
        # Nothing of the agent's loop is closed here: its poll set is shared with the agent itself.
        _child(where, forked)
    if beginning.done() and (error := beginning.exception()):
        end_broken(error)
    sys.stdout.flush()
    os._exit(0)


async def _agent(where: Surroundings) -> AgentHost:
    host = AgentHost(where)
    await host.begin()
    return host


def _child(where: Surroundings, forked: Forked) -> None:
    """Runs the data node and never returns."""
    pipe, ear = become_child(forked)
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(_node(where, pipe, ear))
        loop.run_forever()
    except BaseException as error:
        end_broken(error)
    os._exit(0)


async def _node(where: Surroundings, pipe: int, ear: int) -> None:
    host: NodeHost | RefusingNode
    try:
        host = NodeHost(where, pipe, ear)
    except DamagedError as damaged:
        host = RefusingNode(where, f"{damaged}", pipe, ear)
    await host.begin()
    _alive.append(host)


# Whatever the loop runs is held from here, so that it lives as long as the process.
_alive: list[object] = []


if __name__ == "__main__":
    main()
