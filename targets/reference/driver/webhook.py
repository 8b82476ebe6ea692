"""Posts alerts as JSON to an http address, off the host's own work. Never repeats one, never waits for one.

    POST /path
    {"host": "n1", "at_s": 12.5, "text": "writes wait for n2"}

By hand over asyncio: the agent's process must have no thread, and a POST is ten lines. What cannot be
posted is in the host's log; alerts are there in any case.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import msgspec

from harness.model.event import AlertRaised
from targets.reference.driver.surroundings import address

POST_LIMIT_S = 2.0
WAITING_MAX = 50
_STATUS_BYTES_MAX = 256


class Webhook:
    """One post at a time, in their order; url: checked where it was written."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        self._authority = parts.netloc.rpartition("@")[2]
        self._waiting: list[AlertRaised] = []
        self._posting: asyncio.Task[None] | None = None

    def post(self, alert: AlertRaised) -> None:
        if len(self._waiting) >= WAITING_MAX:
            _log("too many alerts wait to be posted; this one is only here")
            return
        self._waiting.append(alert)
        if self._posting is None or self._posting.done():
            self._posting = asyncio.get_running_loop().create_task(self._post_all())

    async def _post_all(self) -> None:
        while self._waiting:
            alert = self._waiting.pop(0)
            try:
                async with asyncio.timeout(POST_LIMIT_S):
                    status = await self._post_one(alert)
            except (OSError, ValueError, asyncio.IncompleteReadError) as error:
                _log(f"an alert could not be posted: {error or type(error).__name__}")
                continue
            if not 200 <= status < 300:
                _log(f"an alert was refused by the webhook: status {status}")

    async def _post_one(self, alert: AlertRaised) -> int:
        body = msgspec.json.encode({"host": alert.host, "at_s": alert.at_s, "text": alert.text})
        reader, writer = await asyncio.open_connection(address(self._host), self._port)
        try:
            writer.write(self._head(len(body)) + body)
            await writer.drain()
            return _status(await reader.readuntil(b"\r\n"))
        finally:
            writer.transport.abort()

    def _head(self, length: int) -> bytes:
        lines = (
            f"POST {self._path} HTTP/1.1",
            f"Host: {self._authority}",
            "Content-Type: application/json",
            f"Content-Length: {length}",
            "Connection: close",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _status(line: bytes) -> int:
    """Raises ValueError when it is no HTTP answer."""
    words = line[:_STATUS_BYTES_MAX].split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        raise ValueError("what answers there speaks no HTTP")
    return int(words[1])


def _log(text: str) -> None:
    print(f"webhook: {text}", flush=True)
