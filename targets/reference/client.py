"""Clients of the reference stack: one connection, many requests by id. Never repeats a request.

Certainly not applied is `fail`: never sent, or refused by the node. Sent without an answer is `unknown`.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable
from typing import cast

from harness.model.errors import TargetError
from harness.workloads import challenge
from harness.workloads.connector import Reply
from targets.reference.driver.surroundings import PEER_PORT, address
from targets.reference.driver.wire import CLIENT, OPERATOR, Frame, Hello, Splitter, encode
from targets.reference.machines.words import messages
from targets.reference.machines.words.messages import (
    PrimaryIs,
    Read,
    ReadAll,
    SwitchOver,
    SwitchOverAnswer,
    WhoIsPrimary,
    Write,
)

SENDER = CLIENT
_CHUNK = 1 << 16
_LOST = Reply(outcome="unknown", error="connection lost", answered=False)


async def connect(address: str) -> NodeConnection:
    """To a data node, or to the router before it. Raises OSError when no node is there: nothing was sent.

    Returns only after the node's hello: a router or proxy with nobody behind it accepts too.
    """
    return await connect_to(address, PEER_PORT)


async def connect_to(host: str, port: int, *, token: str = "") -> NodeConnection:
    """token: to be heard as an operator; without one as a client."""
    _, connection = await asyncio.get_running_loop().create_connection(
        lambda: NodeConnection(token), address(host), port
    )
    try:
        await connection.greeted
    except BaseException:
        connection.close()
        raise
    return connection


class NodeConnection(asyncio.Protocol):
    """An open connection to a data node. token: see connect_to."""

    def __init__(self, token: str = "") -> None:
        self.closed, self._token = False, token
        self.greeted: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._requests = itertools.count(1)
        self._open: dict[int, asyncio.Future[Frame]] = {}
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None

    async def write(self, key: str, value: str) -> Reply:
        return await self._operate(lambda request: Write(request, key, value))

    async def read(self, key: str) -> Reply:
        return await self._operate(lambda request: Read(request, key))

    async def switch_over(self, to: str) -> SwitchOverAnswer:
        """Raises OSError when the connection is lost before the answer."""
        match await self._ask(lambda request: SwitchOver(request, to)):
            case SwitchOverAnswer() as answer:
                return answer
            case other:
                raise ConnectionError(f"the node answered a switchover with {type(other).__name__}")

    async def who_is_primary(self) -> PrimaryIs:
        """Of a witness. Raises OSError when the connection is lost before the answer."""
        match await self._ask(WhoIsPrimary):
            case PrimaryIs() as answer:
                return answer
            case other:
                raise ConnectionError(f"the witness answered with {type(other).__name__}")

    def close(self) -> None:
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        end: socket.socket = transport.get_extra_info("socket")
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._token:
            self._transport.write(encode(Hello(SENDER)))

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._splitter.feed(data):
                self._take(frame)
        except ValueError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        lost = ConnectionError("the connection was closed")
        for future in [future for future in self._open.values() if not future.done()]:
            future.set_exception(lost)
        if not self.greeted.done():
            self.greeted.set_exception(lost)
        # Who asked may be gone: a loss that nobody reads is not worth a warning.
        if not self.greeted.cancelled():
            self.greeted.exception()

    async def _operate(self, request: Callable[[int], messages.Message]) -> Reply:
        if self.closed:
            return Reply(outcome="fail", error="not sent: the connection was lost")
        try:
            answer = await self._ask(request)
        except OSError:
            return _LOST
        match answer:
            case messages.Reply(_, outcome, node, epoch, value, _, error):
                return Reply(outcome=outcome, value=value, node=node, epoch=epoch, error=error)
            case other:
                return Reply(outcome="unknown", error=f"answered with {type(other).__name__}")

    async def _ask(self, message: Callable[[int], messages.Message]) -> Frame:
        if self._transport is None or self.closed:
            raise ConnectionError("not connected")
        request = next(self._requests)
        self._open[request] = asyncio.get_running_loop().create_future()
        self._transport.write(encode(message(request)))
        try:
            return await self._open[request]
        finally:
            del self._open[request]

    def _take(self, frame: Frame) -> None:
        match frame:
            case Hello() if not self.greeted.done():
                self._greet(frame)
            case messages.Reply() | SwitchOverAnswer() | PrimaryIs():
                future = self._open.get(frame.request)
                if future is not None and not future.done():
                    future.set_result(frame)

    def _greet(self, hello: Hello) -> None:
        if self._token and self._transport is not None:
            self._transport.write(encode(proven(hello, self._token)))
        self.greeted.set_result(hello.sender)


def proven(hello: Hello, token: str) -> Hello:
    """An operator's own, in answer to a host's."""
    return Hello(OPERATOR, "", challenge.answer(token, hello.challenge, OPERATOR))


def read_all(connection: socket.socket, value_prefix: str, *, limit_s: float) -> tuple[int, tuple[str, ...]]:
    """(epoch, every acknowledged value with the prefix) over a fresh connection to the primary.

    Raises TargetError when the node refuses or does not answer within limit_s (between two chunks).
    """
    connection.settimeout(limit_s)
    try:
        connection.sendall(encode(Hello(SENDER)) + encode(ReadAll(1, value_prefix)))
        reply = _reply(connection)
    except (OSError, ValueError) as error:
        raise TargetError(f"reading everything back: {error}; is the primary up?") from error
    if reply.outcome != "ok":
        raise TargetError(f"{reply.node or 'the node'} refused to read everything back: {reply.error}")
    return reply.epoch, reply.values


def _reply(connection: socket.socket) -> messages.Reply:
    splitter = Splitter()
    while chunk := connection.recv(_CHUNK):
        for frame in splitter.feed(chunk):
            if isinstance(frame, messages.Reply):
                return frame
    raise ConnectionError("the node closed the connection")
