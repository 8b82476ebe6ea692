"""A host's end of the line connections: tells numbered events, answers questions. Ignores what they mean."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec

from harness.model.event import Event
from harness.workloads.lines import (
    LINE_BYTES_MAX,
    Answer,
    Ask,
    Attach,
    Opening,
    Ring,
    encode,
    from_observer,
)

# An observer that takes nothing is cut off; it attaches again where it was.
UNSENT_BYTES_MAX = 16 << 20
ANSWERS_KEPT_MAX = 100

Asked = Callable[[msgspec.Raw], Awaitable[tuple[bool, str]]]


class LineServer:
    """Observers connect, attach and ask. state: what the host is now, told at each attach."""

    def __init__(self, *, asked: Asked, state: Callable[[], tuple[Event, ...]]) -> None:
        self._ring = Ring(os.urandom(8).hex())
        self._asked, self._state = asked, state
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._followers: set[asyncio.StreamWriter] = set()
        self._answers: OrderedDict[tuple[str, int], asyncio.Task[Answer]] = OrderedDict()

    async def listen(self, bind: str, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, bind, port, limit=LINE_BYTES_MAX)

    async def close(self) -> None:
        """Cut everyone off."""
        if self._server is not None:
            self._server.close()
        for task in [*self._serving]:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def tell(self, event: Event) -> None:
        """To everyone who follows, and into the ring for those who attach later."""
        line = self._ring.add(event)
        for writer in [*self._followers]:
            self._write(writer, line)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asking: set[asyncio.Task[None]] = set()
        # An observer that goes, or talks nonsense, is an observer less; nothing else.
        try:
            while line := await reader.readline():
                self._read(line, writer, asking)
        except (OSError, ValueError):
            writer.transport.abort()
        finally:
            self._followers.discard(writer)
            writer.close()

    def _read(self, line: bytes, writer: asyncio.StreamWriter, asking: set[asyncio.Task[None]]) -> None:
        match from_observer(line):
            case Attach() as attach:
                self._attach(attach, writer)
            case Ask() as ask:
                task = asyncio.create_task(self._answer(ask, writer))
                asking.add(task)
                task.add_done_callback(asking.discard)

    def _attach(self, attach: Attach, writer: asyncio.StreamWriter) -> None:
        lost, lines = self._ring.since(attach)
        self._write(writer, encode(Opening(self._ring.run, lost, self._state())))
        self._write(writer, b"".join(lines))
        self._followers.add(writer)

    async def _answer(self, ask: Ask, writer: asyncio.StreamWriter) -> None:
        key = (ask.session, ask.request)
        if key not in self._answers:
            self._answers[key] = asyncio.create_task(self._carry_out(ask))
            while len(self._answers) > ANSWERS_KEPT_MAX:
                self._answers.popitem(last=False)
        self._write(writer, encode(await asyncio.shield(self._answers[key])))

    async def _carry_out(self, ask: Ask) -> Answer:
        try:
            ok, detail = await self._asked(ask.body)
        except (OSError, ValueError, TimeoutError) as error:
            ok, detail = False, f"{error}" or type(error).__name__
        return Answer(ask.session, ask.request, ok, detail)

    def _write(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        if writer.is_closing():
            return
        if writer.transport.get_write_buffer_size() + len(line) > UNSENT_BYTES_MAX:
            self._followers.discard(writer)
            writer.transport.abort()
            return
        writer.write(line)
