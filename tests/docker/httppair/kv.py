"""A key-value service over HTTP: a primary, and a standby that asks it for what it lacks. Nothing of ours."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

PORT = 8080
log: list[tuple[str, str]] = []  # key and value, in the order in which they were written
state = {"role": os.environ.get("ROLE", "")}
one_at_a_time = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = unquote(self.path)
        if path == "/health":
            self._answer(200, state)
        elif path == "/all":
            self._answer(200, {"values": [value for _, value in log]})
        elif path.startswith("/log/"):
            self._answer(200, log[int(path.removeprefix("/log/")) :])
        else:
            found = [value for key, value in log if f"/kv/{key}" == path]
            self._answer(200 if found else 404, {"value": found[-1] if found else None})

    def do_PUT(self) -> None:
        value = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if state["role"] != "primary":
            self._answer(409, "not the primary")
            return
        with one_at_a_time:
            log.append((unquote(self.path).removeprefix("/kv/"), value))
        self._answer(200, {})

    def do_POST(self) -> None:
        state["role"] = self.path.removeprefix("/become/")
        self._answer(200, state)

    def log_message(self, format: str, *words: object) -> None:
        """Thousands of requests are not worth a line each."""

    def _answer(self, status: int, what: object) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Length", f"{len(body)}")
        self.end_headers()
        self.wfile.write(body)


def follow(peer: str) -> None:
    while True:
        time.sleep(0.05)
        if state["role"] != "standby":
            continue
        try:
            with urllib.request.urlopen(f"http://{peer}:{PORT}/log/{len(log)}", timeout=1) as answer:
                more = json.load(answer)
        except OSError:
            continue
        with one_at_a_time:
            log.extend((key, value) for key, value in more)


if __name__ == "__main__":
    threading.Thread(target=follow, args=(os.environ["PEER"],), daemon=True).start()
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
