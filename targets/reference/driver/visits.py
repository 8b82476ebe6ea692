"""Short visits to a port: at most so many at once, and each for so long. Ignores what they ask.

Whoever says half a sentence and waits loses its place: by time, or to the next one that comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from targets.reference.driver.refusals import Port, Refusals

# So many are accepted in one turn of the loop: a flood must not keep it from whatever else is due.
ACCEPTED_AT_ONCE = 64

# Answers, or raises what is wrong with the question.
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RefusedError(ValueError):
    """The question is refused; its text is the reason."""


class Visits:
    """serve: one whole conversation. present: those that go on."""

    def __init__(
        self, port: Port, serve: Serve, refusals: Refusals, *, at_most: int, within_s: float
    ) -> None:
        self._port, self._serve, self._refusals = port, serve, refusals
        self._at_most, self._within_s = at_most, within_s
        self.present: dict[asyncio.StreamWriter, None] = {}

    async def listen(self, bind: str, port: int, *, limit: int) -> asyncio.Server:
        """limit: no head of a question is longer, in bytes."""
        return await asyncio.start_server(self._visit, bind, port, limit=limit, backlog=ACCEPTED_AT_ONCE)

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.present[writer] = None
        if len(self.present) > self._at_most:
            self._refuse(next(iter(self.present)), "too many")
        try:
            async with asyncio.timeout(self._within_s):
                await self._serve(reader, writer)
                await writer.drain()
        except asyncio.IncompleteReadError as error:
            if error.partial:
                self._note(writer, "not understood")
        except asyncio.LimitOverrunError:
            self._note(writer, "too large")
        except TimeoutError:
            self._note(writer, "too slow")
        except RefusedError as error:
            self._note(writer, f"{error}")
        except (ValueError, RecursionError):
            self._note(writer, "not understood")
        except OSError:
            pass
        finally:
            self.present.pop(writer, None)
            writer.close()

    def _refuse(self, writer: asyncio.StreamWriter, reason: str) -> None:
        self._note(writer, reason)
        writer.transport.abort()

    def _note(self, writer: asyncio.StreamWriter, reason: str) -> None:
        """Once for each: who was sent away is not present any more."""
        if writer in self.present:
            del self.present[writer]
            self._refusals.note(self._port, reason, address_of(writer.transport))


def address_of(transport: asyncio.BaseTransport) -> str:
    """Where the other end is; empty when it has gone."""
    peer = transport.get_extra_info("peername")
    return f"{peer[0]}" if peer else ""
