"""A client's connection to a Redis primary: many requests, answered in order. Never repeats one.

A write appends its value to the list of its key, a read takes the newest: one native command each, so a value
that was acknowledged is there to be read back, overwritten or not. Refused (READONLY, NOREPLICAS, LOADING) is
certainly not applied; sent without an answer is unknown.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from redis import exceptions
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from harness.workloads.connector import Reply
from targets.redis_sentinel.names import REDIS_PORT
from targets.redis_sentinel.replication import Replication, replication_of

_REFUSED = (exceptions.ResponseError, exceptions.BusyLoadingError)


class Pipe:
    """A connection on which questions overlap. Raises OSError when it is lost, redis-py's for refusals."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: deque[asyncio.Future[Any]] = deque()
        self.closed = False
        self._reading = asyncio.create_task(self._read())

    @property
    def idle(self) -> bool:
        return not self._open

    async def ask(self, *words: str) -> Any:
        if self.closed:
            raise ConnectionResetError("not sent: the connection was lost")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._open.append(answer)
        try:
            # Written before it first waits: the order of the answers is that of the questions.
            await self._connection.send_packed_command(
                self._connection.pack_command(*words), check_health=False
            )
        except (exceptions.RedisError, OSError) as error:
            self.close()
            raise ConnectionError(f"{error}") from error
        return await answer

    def close(self) -> None:
        self.closed = True
        self._reading.cancel()

    async def _read(self) -> None:
        try:
            while True:
                self._answer(await self._response())
        except (exceptions.RedisError, OSError):
            pass
        finally:
            self.closed = True
            lost = ConnectionError("the connection was lost")
            for answer in self._open:
                if not answer.done():
                    answer.set_exception(lost)
                    answer.exception()  # who asked may be gone: not worth a warning
            self._open.clear()
            await self._connection.disconnect(nowait=True)

    async def _response(self) -> Any:
        """A refusal as a value: it is one question's, not the connection's end."""
        try:
            return await self._connection.read_response(disconnect_on_error=False)
        except _REFUSED as refusal:
            return refusal

    def _answer(self, said: Any) -> None:
        answer = self._open.popleft()
        if answer.done():
            return
        if isinstance(said, Exception):
            answer.set_exception(said)
        else:
            answer.set_result(said)


async def opened(host: str, port: int) -> Pipe:
    """Raises OSError when nobody is there."""
    made: Any = Connection  # redis-py's own signatures are untyped
    connection = made(
        host=host,
        port=port,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
        lib_name=None,
        lib_version=None,
    )
    try:
        await connection.connect()
    except exceptions.RedisError as error:
        raise ConnectionError(f"{error}") from error
    return Pipe(connection)


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
        except _REFUSED as refusal:
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
    except (*_REFUSED, ValueError) as error:
        pipe.close()
        raise ConnectionError(f"{node}: {error}") from error
    except BaseException:
        pipe.close()
        raise
    if not said.is_master:
        pipe.close()
        raise ConnectionError(f"{node} is a replica")
    return NodeConnection(node, pipe, said)
