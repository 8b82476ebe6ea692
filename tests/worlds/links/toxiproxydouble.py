"""A stand-in for Toxiproxy's interface on loopback, that can be told to misbehave in its known ways."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ToxiproxyDouble:
    """hangs: proxies whose requests are never answered. ruined: path -> (status, body) in place of the truth.

    deaf: proxies that answer to changes and ignore them. late_s: those that take their time.
    """

    def __init__(self) -> None:
        self.proxies: dict[str, dict[str, Any]] = {}
        self.hangs: set[str] = set()
        self.deaf: set[str] = set()
        self.late_s: dict[str, float] = {}
        self.ruined: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.over = threading.Event()

    def answer(self, method: str, path: str, body: Any, agent: str) -> tuple[int, object]:
        """As Toxiproxy 2.12 does. Raises TimeoutError for what it would never answer."""
        self.asked.append(f"{method} {path}")
        assert not agent.startswith("Mozilla/")
        if path in self.ruined:
            return self.ruined[path]
        if path == "/version":
            return 200, {"version": "git"}
        if path == "/populate":
            return 201, {"proxies": [self._created(row) for row in body]}
        if path == "/proxies":
            return self._unless(bool(self.hangs), 200, self.proxies)
        return self._of_proxy(method, path.split("/")[2:], body)

    def _of_proxy(self, method: str, parts: list[str], body: Any) -> tuple[int, object]:
        name, *rest = parts
        if name not in self.proxies:
            return 404, {"error": "proxy not found"}
        if method == "DELETE" and not rest:
            self.hangs.discard(name)
            del self.proxies[name]
            return 204, None
        self._unless(name in self.hangs, 0, None)
        if method != "GET":
            self.over.wait(self.late_s.pop(name, 0))
        if name not in self.deaf:
            self._change(self.proxies[name], method, rest[1:], body)
        return 204 if method == "DELETE" else 200, self.proxies[name]

    def _change(self, proxy: dict[str, Any], method: str, toxic: list[str], body: Any) -> None:
        if method == "POST":
            proxy["toxics"].append(body)
        elif method == "DELETE":
            proxy["toxics"] = [row for row in proxy["toxics"] if row["name"] != toxic[0]]
        elif method == "PATCH" and toxic:
            next(row for row in proxy["toxics"] if row["name"] == toxic[0])["attributes"] |= body[
                "attributes"
            ]
        elif method == "PATCH":
            proxy["enabled"] = body["enabled"]

    def _created(self, row: dict[str, Any]) -> dict[str, Any]:
        return self.proxies.setdefault(row["name"], {"toxics": []} | row)

    def _unless(self, hangs: bool, status: int, body: object) -> tuple[int, object]:
        if hangs:
            raise TimeoutError
        return status, body


@contextmanager
def served(double: ToxiproxyDouble) -> Iterator[int]:
    """Its port on 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def any(self) -> None:
            given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.loads(given) if given else None
            try:
                status, said = double.answer(
                    self.command, self.path, body, self.headers.get("User-Agent", "")
                )
            except TimeoutError:
                double.over.wait()
                self.close_connection = True
                return
            text = said.encode() if isinstance(said, str) else json.dumps(said).encode() if said else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        double.over.set()
        server.shutdown()
        server.server_close()
