"""Connections to the peers, one outgoing each, made again whenever it fails. Loses messages, doubles none."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence

from targets.reference.driver.connection import REFUSED, Connection
from targets.reference.driver.doorway import Doorway
from targets.reference.driver.limits import CONNECT_LIMIT_S, LOOK_EACH_S, PAUSE_S, PING_EACH_S, SILENCE_S
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.surroundings import address
from targets.reference.driver.visits import ACCEPTED_AT_ONCE
from targets.reference.driver.wire import CLIENT, Ping
from targets.reference.machines.words.grammar import Answer, HangUp, Received, Send
from targets.reference.machines.words.messages import Message

_SWEEP_EACH_S = 0.5


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
        *,
        token: str,
        refusals: Refusals,
        believes_all: bool = False,
    ) -> None:
        """admits: whether this sender may say that; else its connection is closed."""
        self._own, self._receive, self._admits = own, receive, admits
        self._token, self._refusals, self._believes_all = token, refusals, believes_all
        self._doorway = Doorway()
        self._links: dict[str, Link] = {}
        self._open: dict[str, Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.closed: Counter[str] = Counter()

    def link(self, peer: str, port: int, *, name: str = "") -> None:
        """Keep a connection to this peer from now on. name: by which it is sent to, if another."""
        self._links[name or peer] = link = Link(peer, port, lambda: self._new(dials=peer))
        self._keep(link.keep())

    async def reached(self, peers: Sequence[str], *, at_least: int, within_s: float) -> None:
        """Until so many links are up, or for so long: what is sent before would be lost."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while sum(self._links[peer].is_up for peer in peers) < at_least:
                    await asyncio.sleep(LOOK_EACH_S)

    async def listen(self, bind: str, port: int) -> None:
        self._server = await asyncio.get_running_loop().create_server(
            self._accepted, bind, port, backlog=ACCEPTED_AT_ONCE
        )
        self._keep(self._sweep())

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

    def hang_up(self, effect: HangUp) -> None:
        if (connection := self._open.get(effect.via)) is not None:
            connection.hang_up()

    def _new(self, *, dials: str = "") -> Connection:
        connection = Connection(
            self._own,
            token=self._token,
            received=self._received,
            gone=self._gone,
            dials=dials,
            greeted=lambda connection: None if dials else self._doorway.greeted(connection),
            believes_all=self._believes_all,
        )
        self._open[connection.id] = connection
        return connection

    def _accepted(self) -> Connection:
        connection = self._new()
        self._doorway.came(connection)
        return connection

    def _received(self, connection: Connection, message: Message) -> None:
        if self._admits(connection.peer if connection.is_proven else CLIENT, message):
            self._receive(Received(connection.peer, message, connection.id))
        else:
            connection.abort("not allowed")

    def _gone(self, connection: Connection) -> None:
        self._open.pop(connection.id, None)
        self._doorway.left(connection)
        self.closed[connection.closed_for] += 1
        if connection.closed_for in REFUSED:
            self._refusals.note("peers", connection.closed_for, connection.address)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_EACH_S)
            self._doorway.sweep(time.monotonic())

    def _keep(self, forever: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.create_task(forever))
