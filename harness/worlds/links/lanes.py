"""Many requests to Toxiproxy in a few milliseconds: plain HTTP over a few connections, bounded in time.

A call through the client library costs 1.3 ms and a connection of its own, so a partition of eight hosts
would take a fifth of a second from its first link to its last; this way 120 changes take 6 to 12 ms.

A connection carries one request at a time. Were others sent behind one that hangs, Toxiproxy would carry them
out when it gives that up, 25 s later, when nobody wants them any more.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections import deque
from collections.abc import Mapping, Sequence

from msgspec import Struct

from harness.worlds.links.changes import Request

_LANES = 4
_CHUNK = 1 << 16
_HEAD_MAX, _BODY_MAX = 1 << 16, 1 << 20
_END_OF_HEAD = b"\r\n\r\n"


class Answer(Struct, frozen=True):
    """HTTP status and body."""

    status: int
    body: str


class Sent(Struct, frozen=True, kw_only=True):
    """What came back, by proxy. stuck: those that were asked something and did not answer in time.

    Of a proxy that is in neither nothing was asked: all lanes were stuck before its turn came.
    before_s, after_s: raw CLOCK_MONOTONIC, just before the first byte went out and after the last answer.
    """

    answers: Mapping[str, Sequence[Answer]]
    stuck: tuple[str, ...]
    before_s: float
    after_s: float


Address = tuple[str, int]
Work = deque[tuple[str, deque[Request]]]


def send(address: Address, wanted: Mapping[str, Sequence[Request]], *, limit_s: float) -> Sent:
    """The requests of each proxy in their order, proxies side by side. Raises OSError when not reached."""
    work: Work = deque((proxy, deque(requests)) for proxy, requests in wanted.items() if requests)
    answers: dict[str, list[Answer]] = {}
    with contextlib.ExitStack() as open_ones, selectors.DefaultSelector() as selector:
        lanes = [_Lane(address, limit_s, answers) for _ in range(min(_LANES, len(work)))]
        for lane in lanes:
            open_ones.callback(lane.socket.close)
            selector.register(lane.socket, selectors.EVENT_READ, lane)
        before_s = time.monotonic()
        busy = [lane for lane in lanes if lane.take(work)]
        while busy and (left_s := before_s + limit_s - time.monotonic()) > 0:
            for key, _ in selector.select(left_s):
                lane = key.data
                if not lane.go_on(work):
                    selector.unregister(lane.socket)
                    busy.remove(lane)
        after_s = time.monotonic()
    return Sent(
        answers=answers,
        stuck=tuple(lane.proxy for lane in lanes if lane.waits),
        before_s=before_s,
        after_s=after_s,
    )


class _Lane:
    """One connection, the proxy that it is at, and whether that owes an answer."""

    def __init__(self, address: Address, limit_s: float, answers: dict[str, list[Answer]]) -> None:
        self._address, self._answers = address, answers
        self.proxy, self.waits = "", False
        self._todo, self._heard = deque[Request](), b""
        self.socket = socket.create_connection(address, timeout=limit_s)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def take(self, work: Work) -> bool:
        """Send the next request; whether there was one."""
        if not self._todo:
            if not work:
                return False
            self.proxy, self._todo = work.popleft()
        self.waits = True
        self.socket.sendall(_wire(self._address, self._todo.popleft()))
        return True

    def go_on(self, work: Work) -> bool:
        """Hear what came, and send the next request after an answer; whether the lane is still of use."""
        try:
            chunk = self.socket.recv(_CHUNK)
            self._heard += chunk
            answer = _answer(self._heard)
            if answer is None:
                return bool(chunk)
            self._heard, self.waits = b"", False
            self._answers.setdefault(self.proxy, []).append(answer)
            return self.take(work)
        except (OSError, ValueError):
            return False


def _wire(address: Address, request: Request) -> bytes:
    body = request.body.encode()
    head = (
        f"{request.method} {request.path} HTTP/1.1\r\n"
        f"Host: {address[0]}:{address[1]}\r\n"
        "User-Agent: failover-drill\r\n"  # one that begins like a browser's is refused
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(heard: bytes) -> Answer | None:
    """None while it is not whole. Raises ValueError for what is none."""
    head, found, body = heard.partition(_END_OF_HEAD)
    if not found:
        if len(heard) > _HEAD_MAX:
            raise ValueError("an answer without an end to its head")
        return None
    first, *lines = head.decode().split("\r\n")
    _, _, status = first.partition(" ")
    length = _length(lines)
    if len(body) < length:
        return None
    return Answer(int(status[:3]), body[:length].decode())


def _length(lines: Sequence[str]) -> int:
    fields = {name.strip().lower(): value for name, _, value in (line.partition(":") for line in lines)}
    length = int(fields.get("content-length", "0"))
    if "transfer-encoding" in fields or not 0 <= length <= _BODY_MAX:
        raise ValueError("an answer of unknown length")
    return length
