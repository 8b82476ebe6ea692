"""The world's end of a line connection: a thread follows one host until closed. Ignores what events mean."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import msgspec

from harness.model.errors import HarnessError
from harness.model.event import EVENTS_LOST, Event, Failed
from harness.seams import Dial, Emit
from harness.workloads import challenge
from harness.workloads.lines import (
    OBSERVER,
    Answer,
    Ask,
    Attach,
    Challenge,
    Numbered,
    Opening,
    Show,
    encode,
    from_host,
    restamped,
)

_RETRY_S = 0.05
_READ_LIMIT_S = 0.2
_CHUNK = 1 << 16

Clock = Callable[[float], float]
# Told once at each change: whether the host is being followed, and why not.
Linked = Callable[[bool, str], None]


def _ignore(up: bool, detail: str) -> None:
    """For those who do not care whether the host is reachable."""


class Follower:
    """Emits every event of a host, its stamps mapped by clock; carries questions to it."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        dial: Dial,
        emit: Emit,
        clock: Clock,
        linked: Linked = _ignore,
        token: str = "",
    ) -> None:
        """token: for a host that hears nobody without it."""
        self._token = token
        self._host, self._port, self._dial = host, port, dial
        self._emit, self._clock, self._linked = emit, clock, linked
        self._session, self._requests = os.urandom(8).hex(), itertools.count(1)
        self._run, self._seen = "", 0
        self._asks: dict[int, tuple[bytes, Future[Answer]]] = {}
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._closed = threading.Event()
        self._up: bool | None = None
        self._thread = threading.Thread(target=self._follow, name=f"follow {host}", daemon=True)
        self._thread.start()

    def ask(self, body: object) -> Future[Answer]:
        """Put a question; it is put again at each new connection until answered, and carried out once."""
        request = next(self._requests)
        line = encode(Ask(self._session, request, msgspec.Raw(msgspec.json.encode(body))))
        future: Future[Answer] = Future()
        with self._lock:
            self._asks[request] = (line, future)
            if self._socket is not None:
                self._send(self._socket, line)
        return future

    def close(self) -> None:
        """Stop following; questions still open are cancelled. Safe to call twice."""
        self._closed.set()
        with self._lock:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)
        for _, future in self._asks.values():
            future.cancel()

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                self._one_connection()
                self._link(False, "the connection was closed")
            except (OSError, ValueError, HarnessError) as error:
                self._link(False, f"{error}" or type(error).__name__)
            self._closed.wait(_RETRY_S)

    def _one_connection(self) -> None:
        with self._dial(self._host, self._port) as connection:
            connection.settimeout(_READ_LIMIT_S)
            if not self._token:
                connection.sendall(encode(Attach(self._run, self._seen)))
            try:
                for line in _lines(connection, self._closed):
                    self._take(line, connection)
            finally:
                with self._lock:
                    self._socket = None

    def _take(self, line: bytes, connection: socket.socket) -> None:
        match from_host(line):
            case Challenge(challenged):
                shown = Show(challenge.answer(self._token, challenged, OBSERVER))
                connection.sendall(encode(shown) + encode(Attach(self._run, self._seen)))
            case Opening() as opening:
                self._open(opening, connection)
            case Numbered(number, event):
                self._seen = number
                self._tell(event)
            case Answer() as answer:
                self._answered(answer)

    def _open(self, opening: Opening, connection: socket.socket) -> None:
        if opening.run != self._run:
            self._run, self._seen = opening.run, 0
        self._link(True, "")
        for event in opening.now:
            self._tell(event)
        if opening.lost:
            reason = f"{opening.lost} events of {self._host} were lost: the observer was away for too long"
            self._emit(
                Failed(command_id=EVENTS_LOST + self._host, reason=reason, at_s=self._clock(time.monotonic()))
            )
        with self._lock:
            self._socket = connection
            for line, future in self._asks.values():
                if not future.cancelled():
                    self._send(connection, line)

    def _answered(self, answer: Answer) -> None:
        if answer.session != self._session:
            return
        with self._lock:
            _, future = self._asks.pop(answer.request, (b"", None))
        if future is not None and not future.done():
            future.set_result(answer)

    def _tell(self, event: Event) -> None:
        self._emit(restamped(event, self._clock))

    def _link(self, up: bool, detail: str) -> None:
        if up != self._up and not self._closed.is_set():
            self._up = up
            self._linked(up, detail)

    def _send(self, connection: socket.socket, line: bytes) -> None:
        # A broken connection shows at the reader, which makes a new one and puts the question again.
        with contextlib.suppress(OSError):
            connection.sendall(line)


def _lines(connection: socket.socket, closed: threading.Event) -> Iterator[bytes]:
    """Whole lines of a socket until it ends or `closed` is set."""
    rest = b""
    while not closed.is_set():
        try:
            chunk = connection.recv(_CHUNK)
        except TimeoutError:
            continue
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
