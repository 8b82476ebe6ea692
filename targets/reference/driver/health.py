"""`GET /primary`: 200 when this host is primary with a lease, else 503. `GET /metrics`: what it counts.

Ignores the rest of a request; each connection is good for one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from targets.reference.driver.refusals import Refusals
from targets.reference.driver.visits import RefusedError, Visits
from targets.reference.metrics.exposition import CONTENT_TYPE

_HEADER_BYTES_MAX = 4096
_REQUEST_LIMIT_S = 1.0
# A check each 50 ms and a few collectors are two or three at a time.
_VISITS_MAX = 64
_METHODS = (b"GET", b"HEAD", b"OPTIONS")
_CODES = {True: "200 OK", False: "503 Service Unavailable"}


async def listen(
    bind: str,
    port: int,
    *,
    serving: Callable[[], bool],
    refusals: Refusals,
    metrics: Callable[[], str] = lambda: "",
) -> asyncio.Server:
    """Answers from now on."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_response(await reader.readuntil(b"\r\n\r\n"), serving, metrics))

    visits = Visits("health", answer, refusals, at_most=_VISITS_MAX, within_s=_REQUEST_LIMIT_S)
    return await visits.listen(bind, port, limit=_HEADER_BYTES_MAX)


def _response(head: bytes, serving: Callable[[], bool], metrics: Callable[[], str]) -> bytes:
    method, path = _asked(head)
    if path == b"/primary":
        return _answer(_CODES[serving()])
    if path == b"/metrics":
        return _answer("200 OK", metrics() if method == b"GET" else "")
    return _answer("404 Not Found")


def _asked(head: bytes) -> tuple[bytes, bytes]:
    """Raises RefusedError for what is no request of HTTP."""
    words = head.split(b"\r\n", 1)[0].split()
    if len(words) != 3 or words[0] not in _METHODS or not words[2].startswith(b"HTTP/1."):
        raise RefusedError("not understood")
    return words[0], words[1]


def _answer(code: str, body: str = "") -> bytes:
    content = body.encode()
    kind = f"Content-Type: {CONTENT_TYPE}\r\n" if content else ""
    head = f"HTTP/1.0 {code}\r\n{kind}Content-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content
