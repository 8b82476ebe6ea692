"""Many requests to Toxiproxy in a few milliseconds: HTTP pipelined over a few connections, bounded in time.

A call through the client library costs 1.3 ms and a connection of its own, so a partition of eight hosts
would take a fifth of a second from its first link to its last; this way 120 changes take 3 to 11 ms.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from msgspec import Struct

from harness.worlds.links.changes import Request

_CONNECTIONS = 4
_LINES_MAX, _LINE_MAX = 100, 8192
_BODY_MAX = 1 << 20


class Answer(Struct, frozen=True):
    """HTTP status and body."""

    status: int
    body: str


class Sent(Struct, frozen=True, kw_only=True):
    """What came back, by proxy; of one that did not answer in time, less than was asked.

    before_s, after_s: raw CLOCK_MONOTONIC, just before the first byte went out and after the last answer.
    """

    answers: Mapping[str, Sequence[Answer]]
    before_s: float
    after_s: float


def send(address: tuple[str, int], wanted: Mapping[str, Sequence[Request]], *, limit_s: float) -> Sent:
    """The requests of each proxy in their order, proxies side by side. Raises OSError when not reached."""
    shares = [part for part in _shares(wanted) if part]
    answers: dict[str, list[Answer]] = {proxy: [] for proxy in wanted}
    with contextlib.ExitStack() as open_ones:
        connections = [
            open_ones.enter_context(socket.create_connection(address, timeout=limit_s)) for _ in shares
        ]
        batches = [b"".join(_wire(address, r) for _, r in share) for share in shares]
        before_s = time.monotonic()
        deadline_s = before_s + limit_s
        for connection, batch in zip(connections, batches, strict=True):
            connection.sendall(batch)
        # One after another: what the others answer meanwhile waits in their sockets.
        for connection, share in zip(connections, shares, strict=True):
            _receive(connection, share, answers, deadline_s)
    return Sent(answers=answers, before_s=before_s, after_s=time.monotonic())


def _shares(wanted: Mapping[str, Sequence[Request]]) -> list[list[tuple[str, Request]]]:
    """One a connection; all requests of a proxy stay together."""
    shares: list[list[tuple[str, Request]]] = [[] for _ in range(_CONNECTIONS)]
    for index, (proxy, requests) in enumerate(wanted.items()):
        shares[index % _CONNECTIONS] += [(proxy, request) for request in requests]
    return shares


def _wire(address: tuple[str, int], request: Request) -> bytes:
    body = request.body.encode()
    head = (
        f"{request.method} {request.path} HTTP/1.1\r\n"
        f"Host: {address[0]}:{address[1]}\r\n"
        "User-Agent: failover-drill\r\n"  # one that begins like a browser's is refused
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _receive(
    connection: socket.socket,
    share: Sequence[tuple[str, Request]],
    answers: Mapping[str, list[Answer]],
    deadline_s: float,
) -> None:
    """Answers come in the order of the requests; what has not come by the deadline never will."""
    with connection.makefile("rb") as stream, contextlib.suppress(OSError, ValueError):
        for proxy, _ in share:
            connection.settimeout(max(0.001, deadline_s - time.monotonic()))
            answers[proxy].append(_answer(stream))


def _answer(stream: BinaryIO) -> Answer:
    """The next one. Raises ValueError when it is none, OSError when it does not come."""
    lines = _head(stream)
    _, _, status = next(lines, "").partition(" ")
    length = 0
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-length":
            length = int(value)
        elif name.strip().lower() == "transfer-encoding":
            raise ValueError("an answer of unknown length")
    if not 0 <= length <= _BODY_MAX:
        raise ValueError(f"an answer of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        raise ConnectionError("closed within an answer")
    return Answer(int(status[:3]), body.decode())


def _head(stream: BinaryIO) -> Iterator[str]:
    for _ in range(_LINES_MAX):
        line = stream.readline(_LINE_MAX)
        if not line.endswith(b"\n"):
            raise ConnectionError("closed within an answer")
        if not line.strip():
            return
        yield line.decode().strip()
    raise ValueError("an answer without an end to its head")
