"""Whoever dials a port of the driver: with the stack's token, without one, or with nonsense."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType

from harness.workloads import challenge
from targets.reference.driver.admission import Admission
from targets.reference.driver.links import Network
from targets.reference.driver.refusals import Refusals
from targets.reference.driver.wire import Frame, Hello, Splitter, encode
from targets.reference.machines.words.grammar import Received
from targets.reference.settings import Settings

TOKEN = "of-this-stack-alone"
_WITHIN_S = 5.0


def quiet(host: str = "w1") -> Refusals:
    return Refusals(host, say=lambda line: None)


def network(own: str, heard: list[Received] | None = None, refusals: Refusals | None = None) -> Network:
    """A host's, which keeps what its machine would hear."""
    receive = (lambda received: None) if heard is None else heard.append
    return Network(own, receive, Admission(Settings()).admits, token=TOKEN, refusals=refusals or quiet(own))


class Stranger:
    """One connection to a port on loopback."""

    def __init__(self, port: int) -> None:
        self._port, self._splitter = port, Splitter()

    async def __aenter__(self) -> Stranger:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.transport.abort()

    async def heard(self) -> Frame:
        """The next frame."""
        async with asyncio.timeout(_WITHIN_S):
            while (frame := self._splitter.take()) is None:
                chunk = await self._reader.read(1 << 16)
                if not chunk:
                    raise ConnectionError("closed")
                self._splitter.add(chunk)
        return frame

    def say(self, *said: Frame | bytes) -> None:
        self._writer.write(b"".join(one if isinstance(one, bytes) else encode(one) for one in said))

    async def prove(self, name: str, token: str = TOKEN) -> None:
        """Answers the host's challenge under that name."""
        hello = await self.heard()
        assert isinstance(hello, Hello)
        self.say(Hello(name, "", challenge.answer(token, hello.challenge, name)))

    async def closed(self) -> bytes:
        """What came before the host closed it."""
        rest = b""
        async with asyncio.timeout(_WITHIN_S):
            with contextlib.suppress(ConnectionError):
                while chunk := await self._reader.read(1 << 16):
                    rest += chunk
        return rest
