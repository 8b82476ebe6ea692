"""The Sentinels, asked by a client program: whom they name, and which epoch a primary reigns in.

A program keeps one connection to each, and all that ask at once share one inquiry. The newest epoch wins: a
Sentinel that was cut off names an old primary.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from weakref import WeakKeyDictionary

from redis import exceptions

from targets.protocols.redis_pipe import Pipe, opened
from targets.redis_sentinel.client import NodeConnection
from targets.redis_sentinel.names import MAJORITY, MASTER, SENTINEL_PORT, SENTINELS
from targets.redis_sentinel.reigns import Reigns
from targets.redis_sentinel.sayings import Naming, naming

INQUIRY_LIMIT_S = 0.15
_AGAIN_S = 0.25


class Inquirer:
    """Of one event loop."""

    def __init__(self, sentinels: Sequence[str] = SENTINELS) -> None:
        self._sentinels = sentinels
        self._pipes: dict[str, Pipe] = {}
        self._asking: asyncio.Task[list[Naming]] | None = None
        self._reigns = Reigns()
        self._learning: set[asyncio.Task[None]] = set()

    async def newest(self) -> Naming | None:
        """None when no Sentinel answers in time."""
        return max(await self.namings(), key=lambda naming: naming.epoch, default=None)

    async def namings(self) -> list[Naming]:
        """Of those that answer in time. Who comes while an inquiry is under way gets its answers."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._inquire())
        return await asyncio.shield(self._asking)

    async def learn_epoch(self, connection: NodeConnection, by: Naming | None = None) -> None:
        """Now, and as long as no majority names it: a primary may be promoted that is one already.

        by: the word that led to that node. A majority that is behind may answer sooner the next time; it
        takes nothing back.
        """
        if self._learned(connection, [*await self.namings(), *([by] if by else [])]):
            return
        task = asyncio.create_task(self._go_on_learning(connection))
        self._learning.add(task)
        task.add_done_callback(self._learning.discard)

    async def _go_on_learning(self, connection: NodeConnection) -> None:
        while not connection.closed:
            await asyncio.sleep(_AGAIN_S)
            if self._learned(connection, await self.namings()):
                return

    def _learned(self, connection: NodeConnection, namings: list[Naming]) -> bool:
        """Whether that is all there is to learn."""
        node = connection.node
        connection.epoch = self._reigns.epoch(node, connection.said, namings)
        agreed = [naming for naming in namings if (naming.primary, naming.epoch) == (node, connection.epoch)]
        return len(agreed) >= MAJORITY

    async def _inquire(self) -> list[Naming]:
        """All at once; a majority that agrees is enough."""
        heard: list[Naming] = []
        asking = {asyncio.create_task(self._ask(sentinel)) for sentinel in self._sentinels}
        end_s = asyncio.get_running_loop().time() + INQUIRY_LIMIT_S
        try:
            left = set(asking)
            while left and not _agreed(heard):
                wait_s = end_s - asyncio.get_running_loop().time()
                done, left = await asyncio.wait(
                    left, timeout=max(wait_s, 0.0), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    break
                heard += [said for task in done if (said := task.result())]
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        return heard

    async def _ask(self, sentinel: str) -> Naming | None:
        try:
            pipe = await self._connected(sentinel)
            address, master = await asyncio.gather(
                pipe.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER),
                pipe.ask("SENTINEL", "MASTER", MASTER),
            )
            return naming(address, master)
        except (OSError, ValueError, KeyError, exceptions.RedisError):
            self._drop(sentinel)
            return None
        except asyncio.CancelledError:
            # Not waited for any more: it may be behind a black hole, or an answer is still to come.
            self._drop(sentinel)
            raise

    async def _connected(self, sentinel: str) -> Pipe:
        pipe = self._pipes.get(sentinel)
        if pipe is None or pipe.closed:
            pipe = self._pipes[sentinel] = await opened(sentinel, SENTINEL_PORT)
        return pipe

    def _drop(self, sentinel: str) -> None:
        pipe = self._pipes.pop(sentinel, None)
        if pipe is not None:
            pipe.close()


def _agreed(heard: Sequence[Naming]) -> bool:
    names = [(naming.primary, naming.epoch) for naming in heard]
    return any(names.count(name) >= MAJORITY for name in names)


_inquirers: WeakKeyDictionary[asyncio.AbstractEventLoop, Inquirer] = WeakKeyDictionary()


def inquirer() -> Inquirer:
    """The running loop's."""
    return _inquirers.setdefault(asyncio.get_running_loop(), Inquirer())
