"""Many requests at once over raw HTTP: all answers, in order, in bounded time, whatever comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.worlds.links.changes import Request
from harness.worlds.links.lanes import Answer, send

ASK = Request("GET", "/x")
LIMIT_S = 0.2


@contextmanager
def answering(*replies: bytes, close: bool = False) -> Iterator[tuple[str, int, list[int]]]:
    """A server that gives these replies on each connection, one a request; and then nothing, or the end.

    The list: how many requests each of its connections had brought when it was answered.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []
    brought: list[int] = []

    def serve(connection: socket.socket) -> None:
        for reply in replies:
            request = connection.recv(1 << 16)
            if not request:
                return
            brought.append(request.count(b" HTTP/1.1\r\n"))
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
        host, port = listener.getsockname()
        yield host, port, brought
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in open_ones:
            connection.close()


def told(status: str, body: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


OK = told("200 OK")


def test_the_requests_of_a_proxy_are_answered_in_order_and_each_waits_for_the_answer_before() -> None:
    with answering(told("200 OK", "one"), b"HTTP/1.1 204 No Content\r\n\r\n") as (host, port, brought):
        sent = send((host, port), {"p": [ASK, Request("DELETE", "/x")]}, limit_s=5)
    assert sent.answers == {"p": [Answer(200, "one"), Answer(204, "")]}
    assert (sent.stuck, brought) == ((), [1, 1])
    assert sent.before_s <= sent.after_s


def test_an_answer_may_come_in_pieces() -> None:
    pieces = told("200 OK", "in pieces")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                for at in range(len(pieces)):
                    connection.sendall(pieces[at : at + 1])

        thread = threading.Thread(target=serve)
        thread.start()
        sent = send(listener.getsockname(), {"p": [ASK]}, limit_s=5)
        thread.join()
    assert sent.answers == {"p": [Answer(200, "in pieces")]}


def test_more_proxies_than_connections_share_them() -> None:
    with answering(*[OK] * 9) as (host, port, _):
        sent = send((host, port), {f"p{index}": [ASK] for index in range(9)}, limit_s=5)
    assert sorted(sent.answers) == [f"p{index}" for index in range(9)]
    assert sent.stuck == ()


def test_one_that_does_not_answer_costs_the_limit_once_and_nothing_is_sent_after_it() -> None:
    with answering(OK) as (host, port, _):
        # Each of four connections answers once, and none a second time.
        sent = send((host, port), {f"p{index}": [ASK, ASK] for index in range(6)}, limit_s=LIMIT_S)
    assert sorted(sent.answers) == sorted(sent.stuck) == ["p0", "p1", "p2", "p3"]
    assert sent.after_s - sent.before_s < 20 * LIMIT_S


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"A: b\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\n\xff: 1\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_answer_counts_as_none(reply: bytes) -> None:
    with answering(reply, close=True) as (host, port, _):
        sent = send((host, port), {"p": [ASK]}, limit_s=LIMIT_S)
    assert (sent.answers, sent.stuck) == ({}, ("p",))


def test_nothing_to_ask_needs_no_server() -> None:
    assert send(("127.0.0.1", 9), {}, limit_s=LIMIT_S).answers == {}


def test_a_server_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
    with pytest.raises(ConnectionRefusedError):
        send(address, {"p": [ASK]}, limit_s=LIMIT_S)
