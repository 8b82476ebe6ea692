"""`GET /primary`: 200 when this host is primary with a lease, else 503. `GET /metrics`: what it counts.

Ignores the rest of a request; each connection is good for one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from targets.reference.metrics.exposition import CONTENT_TYPE

_HEADER_BYTES_MAX = 4096
_REQUEST_LIMIT_S = 1.0
_CODES = {True: "200 OK", False: "503 Service Unavailable"}


async def listen(
    bind: str, port: int, *, serving: Callable[[], bool], metrics: Callable[[], str] = lambda: ""
) -> asyncio.Server:
    """Answers from now on."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_REQUEST_LIMIT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(head, serving, metrics))
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, bind, port, limit=_HEADER_BYTES_MAX)


def _response(head: bytes, serving: Callable[[], bool], metrics: Callable[[], str]) -> bytes:
    method, path = _asked(head)
    if path == b"/primary":
        return _answer(_CODES[serving()])
    if path == b"/metrics":
        return _answer("200 OK", metrics() if method == b"GET" else "")
    return _answer("404 Not Found")


def _asked(head: bytes) -> tuple[bytes, bytes]:
    words = head.split(b"\r\n", 1)[0].split()
    known = len(words) >= 2 and words[0] in (b"GET", b"HEAD", b"OPTIONS")
    return (words[0], words[1]) if known else (b"", b"")


def _answer(code: str, body: str = "") -> bytes:
    content = body.encode()
    kind = f"Content-Type: {CONTENT_TYPE}\r\n" if content else ""
    head = f"HTTP/1.0 {code}\r\n{kind}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content
