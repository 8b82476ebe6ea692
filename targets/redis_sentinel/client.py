"""A client's connection to a Redis primary: many requests, answered in order. Never repeats one.

A write appends its value to the list of its key, a read takes the newest: one native command each, so a value
that was acknowledged is there to be read back, overwritten or not. Refused (READONLY, NOREPLICAS, LOADING) is
certainly not applied; sent without an answer is unknown.
"""

from __future__ import annotations

from harness.workloads.connector import Reply
from targets.protocols.redis_pipe import REFUSED, Pipe, opened
from targets.redis_sentinel.names import REDIS_PORT
from targets.redis_sentinel.replication import Replication, replication_of


class NodeConnection:
    """To a primary. epoch: of its reign, 0 while unknown. Offers workloads.connector.Connection."""

    def __init__(self, node: str, pipe: Pipe, said: Replication) -> None:
        self.node, self.said, self.epoch = node, said, 0
        self._pipe, self._refused = pipe, False

    @property
    def closed(self) -> bool:
        """Lost, or refused once: what is outstanding goes on, what is new finds another way."""
        return self._refused or self._pipe.closed

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate("RPUSH", key, value)

    async def read(self, key: str) -> Reply:
        return await self._operate("LINDEX", key, "-1")

    def close(self) -> None:
        self._pipe.close()

    async def _operate(self, *words: str) -> Reply:
        try:
            said = await self._pipe.ask(*words)
        except ConnectionResetError as error:
            return Reply(outcome="fail", error=f"{error}")
        except REFUSED as refusal:
            return self._refusal(f"{refusal}")
        except OSError as error:
            return Reply(outcome="unknown", error=f"{error}", answered=False)
        value = said if isinstance(said, str) else ""
        return Reply(outcome="ok", value=value, node=self.node, epoch=self.epoch)

    def _refusal(self, error: str) -> Reply:
        self._refused = True
        if self._pipe.idle:
            self._pipe.close()
        return Reply(outcome="fail", node=self.node, epoch=self.epoch, error=error)


async def connect(node: str) -> NodeConnection:
    """Raises OSError when it is no primary, or nobody is there: nothing was sent.

    A connection keeps its reign: Sentinel closes those of clients in the instant in which it changes a role.
    """
    pipe = await opened(node, REDIS_PORT)
    try:
        said = replication_of(await pipe.ask("INFO", "replication"))
    except (*REFUSED, ValueError) as error:
        pipe.close()
        raise ConnectionError(f"{node}: {error}") from error
    except BaseException:
        pipe.close()
        raise
    if not said.is_master:
        pipe.close()
        raise ConnectionError(f"{node} is a replica")
    return NodeConnection(node, pipe, said)
