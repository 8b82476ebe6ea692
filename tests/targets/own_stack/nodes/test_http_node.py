"""A node that is asked over HTTP, on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.model.ownstack import AskRole, HttpCall
from targets.own_stack.nodes.http_node import HttpNodes, role_said

BY_STATUS = AskRole(by="http", path="/primary")
BY_FIELD = AskRole(by="http", path="/health", field="role", is_primary="primary", standby="replica")


@contextmanager
def nodes(status: int, text: str, ask: AskRole) -> Iterator[HttpNodes]:
    """Of a host that answers each request so; 0 hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                if status:
                    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\n\r\n"
                    connection.sendall((head + text).encode())

    thread = threading.Thread(target=serve)
    thread.start()

    def dial(host: str, port: int) -> socket.socket:
        assert (host, port) == ("a", 8008)
        return socket.create_connection(listener.getsockname())

    try:
        yield HttpNodes(dial, {"a": 8008}, ask=ask, everything=HttpCall(path="/all"))
    finally:
        thread.join()


@pytest.mark.parametrize(("status", "role"), [(200, "primary"), (503, "standby")])
def test_without_a_field_the_status_tells(status: int, role: str) -> None:
    with nodes(status, "", BY_STATUS) as asked:
        assert asked.open("a").role() == role


@pytest.mark.parametrize(
    ("word", "role"), [("primary", "primary"), ("replica", "standby"), ("syncing", "starting")]
)
def test_a_field_is_compared_with_what_the_stack_file_says(word: str, role: str) -> None:
    with nodes(200, f'{{"role": "{word}"}}', BY_FIELD) as asked:
        assert asked.open("a").role() == role


def test_without_a_word_for_standbys_whatever_is_no_primary_is_one() -> None:
    ask = AskRole(by="http", path="/", field="role", is_primary="primary")
    assert role_said("anything", ask) == "standby"


def test_what_is_no_answer_is_silence_and_what_is_no_json_a_refusal() -> None:
    with nodes(0, "", BY_FIELD) as asked, pytest.raises(OSError):
        asked.open("a").role()
    with nodes(200, "<html>", BY_FIELD) as asked, pytest.raises(ValueError, match="no JSON"):
        asked.open("a").role()


def test_everything_is_read_back_or_refused() -> None:
    with nodes(200, "v1\nv2\n", BY_STATUS) as asked:
        assert asked.values("a") == ["v1", "v2"]
    with (
        nodes(404, "", BY_STATUS) as asked,
        pytest.raises(ValueError, match="GET /all was answered with 404"),
    ):
        asked.values("a")
