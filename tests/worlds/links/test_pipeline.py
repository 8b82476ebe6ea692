"""Many requests at once over raw HTTP: all answers, in order, in bounded time, whatever comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.worlds.links.changes import Request
from harness.worlds.links.pipeline import Answer, send

ASK = Request("GET", "/x")
LIMIT_S = 0.2


@contextmanager
def answering(reply: bytes, *, to_requests: int = 1, close: bool = False) -> Iterator[tuple[str, int]]:
    """A server that says the same on every connection once so many requests have come."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        seen = b""
        while seen.count(b"\r\n\r\n") < to_requests:
            chunk = connection.recv(1 << 16)
            if not chunk:
                return
            seen += chunk
        connection.sendall(reply)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_ones.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield listener.getsockname()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in open_ones:
            connection.close()


def told(status: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_the_requests_of_a_proxy_go_out_before_any_answer_and_are_answered_in_order() -> None:
    with answering(told("200 OK", "one") + b"HTTP/1.1 204 No Content\r\n\r\n", to_requests=2) as address:
        sent = send(address, {"p": [ASK, Request("DELETE", "/x")]}, limit_s=5)
    assert sent.answers == {"p": [Answer(200, "one"), Answer(204, "")]}
    assert sent.before_s <= sent.after_s


def test_one_that_does_not_answer_costs_the_limit_once_and_not_the_others() -> None:
    with answering(told("200 OK"), to_requests=1) as address:
        # Proxies 1 and 5 share a connection, on which one answer comes.
        sent = send(address, {f"p{index}": [ASK] for index in range(5)}, limit_s=LIMIT_S)
    assert [len(answers) for answers in sent.answers.values()] == [1, 1, 1, 1, 0]
    assert sent.after_s - sent.before_s < 20 * LIMIT_S


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200,
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"",
    ],
)
def test_what_is_no_answer_counts_as_none(reply: bytes) -> None:
    with answering(reply, close=True) as address:
        assert send(address, {"p": [ASK]}, limit_s=LIMIT_S).answers == {"p": []}


def test_nothing_to_ask_needs_no_server() -> None:
    assert send(("127.0.0.1", 9), {}, limit_s=LIMIT_S).answers == {}


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(ConnectionRefusedError):
        send(address, {"p": [ASK]}, limit_s=LIMIT_S)
