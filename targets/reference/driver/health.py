"""`GET /primary`: 200 when this node is primary with a lease, else 503. Ignores the rest of a request."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

_HEADER_BYTES_MAX = 4096
_REQUEST_LIMIT_S = 1.0
_CODES = {True: "200 OK", False: "503 Service Unavailable"}


async def listen(bind: str, port: int, *, serving: Callable[[], bool]) -> asyncio.Server:
    """Answers from now on; each connection is good for one request."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_REQUEST_LIMIT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(head, serving))
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, bind, port, limit=_HEADER_BYTES_MAX)


def _response(head: bytes, serving: Callable[[], bool]) -> bytes:
    words = head.split(b"\r\n", 1)[0].split()
    known = len(words) >= 2 and words[0] in (b"GET", b"HEAD", b"OPTIONS") and words[1] == b"/primary"
    code = _CODES[serving()] if known else "404 Not Found"
    return f"HTTP/1.0 {code}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
