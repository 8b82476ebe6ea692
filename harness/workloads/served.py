"""A host's end of the line connections: tells numbered events, answers questions. Ignores what they mean.

With a token nobody is heard before it was shown. Whoever says no whole line in time, or nonsense, is cut off.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable

import msgspec

from harness.model.event import Event
from harness.workloads import challenge
from harness.workloads.lines import (
    LINE_BYTES_MAX,
    OBSERVER,
    Answer,
    Ask,
    Attach,
    Challenge,
    Opening,
    Ring,
    Show,
    encode,
    from_observer,
)

# An observer that takes nothing is cut off; it attaches again where it was.
UNSENT_BYTES_MAX = 16 << 20
ANSWERS_KEPT_MAX = 100
# Who has not been heard yet, and how long one may take for the first line.
STRANGERS_MAX, FIRST_LINE_WITHIN_S = 64, 2.0
_ACCEPTED_AT_ONCE = 64

Asked = Callable[[msgspec.Raw], Awaitable[tuple[bool, str]]]
# Why an observer was cut off, and its address.
Refused = Callable[[str, str], None]


class LineServer:
    """Observers connect, attach and ask. state: what the host is now, told at each attach.

    token: what they show first; empty: whoever comes is heard.
    """

    def __init__(
        self,
        *,
        asked: Asked,
        state: Callable[[], tuple[Event, ...]],
        token: str = "",
        refused: Refused = lambda reason, address: None,
    ) -> None:
        self._ring = Ring(os.urandom(8).hex())
        self._asked, self._state, self._token, self._refused = asked, state, token, refused
        self._strangers: dict[asyncio.StreamWriter, None] = {}
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._followers: set[asyncio.StreamWriter] = set()
        self._answers: OrderedDict[tuple[str, int], asyncio.Task[Answer]] = OrderedDict()

    async def listen(self, bind: str, port: int) -> None:
        self._server = await asyncio.start_server(
            self._serve, bind, port, limit=LINE_BYTES_MAX, backlog=_ACCEPTED_AT_ONCE
        )

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
            if self._token:
                await self._shown(reader, writer)
            while line := await reader.readline():
                self._read(line, writer, asking)
        except TimeoutError:
            self._refuse(writer, "too slow")
        except OSError:
            writer.transport.abort()
        except _WrongTokenError:
            self._refuse(writer, "wrong token")
        except ValueError:
            self._refuse(writer, "not understood")
        finally:
            self._followers.discard(writer)
            self._strangers.pop(writer, None)
            writer.close()

    async def _shown(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The stranger that has kept silent for longest makes room for the next."""
        self._strangers[writer] = None
        if len(self._strangers) > STRANGERS_MAX:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            self._refuse(oldest, "too many")
        challenged = challenge.challenge()
        self._write(writer, encode(Challenge(challenged)))
        async with asyncio.timeout(FIRST_LINE_WITHIN_S):
            first = await reader.readline()
        match from_observer(first) if first else None:
            case None:
                raise ConnectionError("it has gone")
            case Show(proof) if challenge.answered(proof, self._token, challenged, OBSERVER):
                self._strangers.pop(writer, None)
            case _:
                raise _WrongTokenError

    def _refuse(self, writer: asyncio.StreamWriter, reason: str) -> None:
        peer = writer.get_extra_info("peername")
        if not writer.transport.is_closing():
            self._refused(reason, f"{peer[0]}" if peer else "")
        writer.transport.abort()

    def _read(self, line: bytes, writer: asyncio.StreamWriter, asking: set[asyncio.Task[None]]) -> None:
        match from_observer(line):
            case Attach() as attach:
                self._attach(attach, writer)
            case Ask() as ask:
                task = asyncio.create_task(self._answer(ask, writer))
                asking.add(task)
                task.add_done_callback(asking.discard)
            case Show():
                raise ValueError("nobody asked for a token")

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
        except (OSError, ValueError, RecursionError, TimeoutError) as error:
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


class _WrongTokenError(Exception):
    """Whoever came does not know the token."""
