"""A client over HTTP, its server on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from harness.model.ownstack import AskRole, HttpCall, Speaks
from targets.own_stack.load.http_client import HttpSession, open_session

SPEAKS = Speaks(
    by="http",
    write=HttpCall(method="PUT", path="/kv/{key}", body="{value}"),
    read=HttpCall(path="/kv/{key}", field="value"),
    all=HttpCall(path="/all"),
    refused=(409,),
)
ASK = AskRole(by="http", path="/role", field="role", is_primary="primary")


class Store(ThreadingHTTPServer):
    """A key-value store as anybody's: PUT and GET /kv/KEY, GET /role."""

    def __init__(self, protocol: str) -> None:
        handler = type("Handler", (Handler,), {"protocol_version": protocol})
        super().__init__(("127.0.0.1", 0), handler)
        self.role, self.status = "primary", 200
        self.kept: dict[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    server: Store

    def do_PUT(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server.status == 200:
            self.server.kept[self.path.removeprefix("/kv/")] = text
        self._answer(self.server.status, "")

    def do_GET(self) -> None:
        if self.path == "/role":
            return self._answer(200, json.dumps({"role": self.server.role}))
        key = self.path.removeprefix("/kv/")
        if key not in self.server.kept:
            return self._answer(404, "")
        return self._answer(200, json.dumps({"value": self.server.kept[key]}))

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", f"{len(text)}")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *words: object) -> None: ...


@pytest.fixture(params=["HTTP/1.0", "HTTP/1.1"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """1.0 closes after each answer, 1.1 goes on."""
    server = Store(request.param)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def session(store: Store, *, asked: bool = True) -> HttpSession:
    port = store.server_port
    return open_session("127.0.0.1", port, SPEAKS, ASK, node="a", asked_port=port if asked else 0)


def test_a_write_is_there_to_be_read(store: Store) -> None:
    it = session(store)
    assert it.read("k1").value == ""
    for value in ("v1", "v2"):
        assert it.write("k1", value).outcome == "ok"
    reply = it.read("k1")
    assert (reply.outcome, reply.value, reply.node) == ("ok", "v2", "a")
    it.close()


@pytest.mark.parametrize(("status", "outcome"), [(409, "fail"), (500, "unknown"), (201, "ok")])
def test_a_status_is_what_the_stack_file_says(store: Store, status: int, outcome: str) -> None:
    it = session(store)
    store.status = status
    assert it.write("k1", "v1").outcome == outcome
    it.close()


def test_who_says_that_it_is_no_primary_takes_no_client(store: Store) -> None:
    store.role = "replica"
    with pytest.raises(ConnectionError, match="says that it is no primary"):
        session(store)
    session(store, asked=False).close()


def test_a_closed_one_sends_nothing(store: Store) -> None:
    it = session(store)
    it.close()
    assert (it.write("k1", "v1").outcome, store.kept) == ("fail", {})
