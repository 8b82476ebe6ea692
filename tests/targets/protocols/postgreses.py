"""A stand-in for a PostgreSQL on loopback, as a test scripts it: no password, simple queries."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

BOOL, TEXT = 16, 25
Row = Sequence[str | bool | None]


class Refusal(Struct, frozen=True):
    code: str
    text: str = "no"


Answer = list[Row] | Refusal | None  # None: hang up
Serve = Callable[[str], Answer]


@contextlib.contextmanager
def serving(serve: Serve) -> Iterator[int]:
    """The port on which each statement is answered by serve."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=_converse, args=(connection, serve)))
                threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        accepting.join()
        for thread in threads:
            thread.join()


def _converse(connection: socket.socket, serve: Serve) -> None:
    with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError, struct.error):
        (length,) = struct.unpack("!i", lines.read(4))
        lines.read(length - 4)
        connection.sendall(_message(b"R", struct.pack("!i", 0)) + _message(b"Z", b"I"))
        while (kind := lines.read(1)) == b"Q":
            (length,) = struct.unpack("!i", lines.read(4))
            answer = serve(lines.read(length - 4).rstrip(b"\0").decode())
            if answer is None:
                return
            connection.sendall(_encoded(answer) + _message(b"Z", b"I"))
        assert kind in (b"", b"X")


def _encoded(answer: list[Row] | Refusal) -> bytes:
    if isinstance(answer, Refusal):
        fields = (("S", "ERROR"), ("V", "ERROR"), ("C", answer.code), ("M", answer.text))
        return _message(b"E", b"".join(f"{name}{text}\0".encode() for name, text in fields) + b"\0")
    if not answer:
        return _message(b"C", b"INSERT 0 1\0")
    head = struct.pack("!h", len(answer[0])) + b"".join(map(_column, answer[0]))
    rows = b"".join(
        _message(b"D", struct.pack("!h", len(row)) + b"".join(map(_value, row))) for row in answer
    )
    return _message(b"T", head) + rows + _message(b"C", b"SELECT 1\0")


def _column(value: str | bool | None) -> bytes:
    kind = BOOL if isinstance(value, bool) else TEXT
    return b"c\0" + struct.pack("!ihihih", 0, 0, kind, -1, -1, 0)


def _value(value: str | bool | None) -> bytes:
    if value is None:
        return struct.pack("!i", -1)
    text = {True: b"t", False: b"f"}[value] if isinstance(value, bool) else value.encode()
    return struct.pack("!i", len(text)) + text


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
