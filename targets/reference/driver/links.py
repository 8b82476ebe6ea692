"""Connections to the peers, one outgoing each, made again whenever it fails. Loses messages, doubles none."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Literal, cast

from targets.reference.driver.limits import CONNECT_LIMIT_S, LOOK_EACH_S, PAUSE_S, PING_EACH_S, SILENCE_S
from targets.reference.driver.surroundings import address
from targets.reference.driver.wire import Frame, Hello, Ping, Pong, Splitter, encode
from targets.reference.machines.grammar import Answer, Received, Send
from targets.reference.machines.messages import Message

# Peers ping, so a silent incoming connection is one that a partition left behind. Clients may be idle.
_IDLE_S = 60.0
_UNSENT_BYTES_MAX = 8 << 20
_CONNECTIONS_MAX = 2000

Closed = Literal[
    "the other end", "not understood", "too large", "silent", "idle", "too many", "not allowed", "ended here"
]

_ids = itertools.count(1)


class Connection(asyncio.Protocol):
    """One TCP connection, either end. Drops what it cannot send."""

    def __init__(
        self, own: str, *, received: Callable[[Connection, Message], None], gone: Callable[[Connection], None]
    ) -> None:
        self.id, self.peer, self.heard_s = f"c{next(_ids)}", "", time.monotonic()
        self.lost = asyncio.Event()
        self.closed_for: Closed = "the other end"
        self._own, self._received, self._gone = own, received, gone
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        end: socket.socket = transport.get_extra_info("socket")
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send(Hello(self._own))

    def data_received(self, data: bytes) -> None:
        self.heard_s = time.monotonic()
        try:
            for frame in self._splitter.feed(data):
                self._take(frame)
                if self._transport is None or self._transport.is_closing():
                    return
        except ValueError:
            self.abort("not understood")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.lost.set()
        self._gone(self)

    def send(self, frame: Frame) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() >= _UNSENT_BYTES_MAX:
            return
        try:
            transport.write(encode(frame))
        except ValueError:
            # Too large for a frame: to be cut off is an answer too, and better than to wait for none.
            self.abort("too large")

    def abort(self, reason: Closed) -> None:
        if self._transport is not None:
            self.closed_for = reason
            self._transport.abort()

    def _take(self, frame: Frame) -> None:
        match frame:
            case Hello(sender) if self.peer in ("", sender):
                self.peer = sender
            case Hello():
                raise ValueError("another name than before")
            case Ping():
                self.send(Pong())
            case Pong():
                pass
            case _ if self.peer:
                self._received(self, frame)
            case _:
                raise ValueError("a message before hello")


class Link:
    """The outgoing connection to one peer."""

    def __init__(self, peer: str, port: int, make: Callable[[], Connection]) -> None:
        self._peer, self._port, self._make = peer, port, make
        self._connection: Connection | None = None

    @property
    def is_up(self) -> bool:
        """The peer itself has answered, not merely a proxy before it."""
        return self._connection is not None and bool(self._connection.peer)

    def send(self, message: Message) -> None:
        if self._connection is not None:
            self._connection.send(message)

    async def keep(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(OSError):
                async with asyncio.timeout(CONNECT_LIMIT_S):
                    _, self._connection = await asyncio.get_running_loop().create_connection(
                        self._make, address(self._peer), self._port
                    )
            if self._connection is not None:
                await self._until_silent(self._connection)
                self._connection = None
            await asyncio.sleep(random.uniform(*PAUSE_S))

    async def _until_silent(self, connection: Connection) -> None:
        while not connection.lost.is_set():
            connection.send(Ping())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PING_EACH_S):
                    await connection.lost.wait()
            if time.monotonic() - connection.heard_s > SILENCE_S:
                connection.abort("silent")
                return


class Network:
    """All connections of one machine: carries out Send and Answer, feeds Received. closed: how many, why."""

    def __init__(
        self,
        own: str,
        receive: Callable[[Received], None],
        admits: Callable[[str, Message], bool] = lambda sender, message: True,
    ) -> None:
        """admits: whether this sender may say that; else its connection is closed."""
        self._own, self._receive, self._admits = own, receive, admits
        self._links: dict[str, Link] = {}
        self._open: dict[str, Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.closed: Counter[str] = Counter()

    def link(self, peer: str, port: int) -> None:
        """Keep a connection to this peer from now on."""
        self._links[peer] = Link(peer, port, self._new)
        self._keep(self._links[peer].keep())

    async def reached(self, peers: Sequence[str], *, at_least: int, within_s: float) -> None:
        """Until so many links are up, or for so long: what is sent before would be lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while sum(self._links[peer].is_up for peer in peers) < at_least:
                    await asyncio.sleep(LOOK_EACH_S)

    async def listen(self, bind: str, port: int) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._new, bind, port, backlog=512)
        self._keep(self._drop_idle())

    async def close(self) -> None:
        """Cut every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in [*self._open.values()]:
            connection.abort("ended here")

    def send(self, effect: Send) -> None:
        if effect.to == self._own:
            received = Received(self._own, effect.message, "self")
            asyncio.get_running_loop().call_soon(self._receive, received)
        elif (link := self._links.get(effect.to)) is not None:
            link.send(effect.message)

    def answer(self, effect: Answer) -> None:
        if effect.via == "self":
            self.send(Send(self._own, effect.message))
        elif (connection := self._open.get(effect.via)) is not None:
            connection.send(effect.message)

    def _new(self) -> Connection:
        connection = Connection(self._own, received=self._received, gone=self._gone)
        self._open[connection.id] = connection
        if len(self._open) > _CONNECTIONS_MAX:
            self._open[min(self._open, key=lambda name: self._open[name].heard_s)].abort("too many")
        return connection

    def _received(self, connection: Connection, message: Message) -> None:
        if self._admits(connection.peer, message):
            self._receive(Received(connection.peer, message, connection.id))
        else:
            connection.abort("not allowed")

    def _gone(self, connection: Connection) -> None:
        self._open.pop(connection.id, None)
        self.closed[connection.closed_for] += 1

    async def _drop_idle(self) -> None:
        while True:
            await asyncio.sleep(_IDLE_S / 10)
            limit_s = time.monotonic() - _IDLE_S
            for connection in [one for one in self._open.values() if one.heard_s < limit_s]:
                connection.abort("idle")

    def _keep(self, forever: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.create_task(forever))
