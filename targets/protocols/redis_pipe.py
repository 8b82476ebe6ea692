"""A client's connection to a Redis: many questions under way, answered in order. Never repeats one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from redis import exceptions
from redis.asyncio.connection import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

# One question's, not the connection's end.
REFUSED = (exceptions.ResponseError, exceptions.BusyLoadingError)


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
        """A refusal as a value."""
        try:
            return await self._connection.read_response(disconnect_on_error=False)
        except REFUSED as refusal:
            return refusal

    def _answer(self, said: Any) -> None:
        answer = self._open.popleft()
        if answer.done():
            return
        if isinstance(said, Exception):
            answer.set_exception(said)
        else:
            answer.set_result(said)


async def opened(host: str, port: int, *, user: str = "", password: str = "") -> Pipe:
    """Raises OSError when nobody is there."""
    made: Any = Connection  # redis-py's own signatures are untyped
    connection = made(
        host=host,
        port=port,
        decode_responses=True,
        username=user or None,
        password=password or None,
        retry=Retry(NoBackoff(), 0),
        lib_name=None,
        lib_version=None,
    )
    try:
        await connection.connect()
    except exceptions.RedisError as error:
        raise ConnectionError(f"{error}") from error
    return Pipe(connection)
