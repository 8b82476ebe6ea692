"""The port beside the hub: who shows the run's token gets the gate or the injector, others get nothing.

A connection begins with a JSON line: {"token": …, "gate": [address, port]}, {"token": …, "injector": true} or
{"token": …, "rail": true}: the harness's answers for a fence device (see rail.py).
The gate answers with a byte, + or -, and is then a raw pipe (after - comes the reason). The injector answers
each line {"do": name, …} by one line {"ok": …} or {"error": text}.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import json
import os
import socket
import sys
import threading
from collections.abc import Callable

from . import addresses, gate, injector, rail, sockets

_FIRST_LINE_MAX, _FIRST_LINE_WITHIN_S = 4096, 2.0
_LINE_MAX = 1 << 20
_BACKLOG = 128


def main() -> int:
    """Add the addresses, then serve until killed."""
    parser = argparse.ArgumentParser(description="gate and injector beside the hub")
    parser.add_argument("--host", default="0.0.0.0", help="where to listen")
    parser.add_argument("--port", type=int, default=7400)
    chosen = parser.parse_args()
    token = os.environ.get("FAILOVER_DRILL_TOKEN", "")
    if not token:
        print("FAILOVER_DRILL_TOKEN is not set: nobody could show it", file=sys.stderr)
        return 2
    # Threads take turns fast: what is sharp must not wait for what is only long.
    sys.setswitchinterval(0.0005)
    sockets.holder_pid = int(os.environ.get("FAILOVER_DRILL_HUB_PID", "0"))
    try:
        addresses.add(json.loads(os.environ.get("FAILOVER_DRILL_MESH", "[]")))
        for fence in json.loads(os.environ.get("FAILOVER_DRILL_RAIL", "[]")):
            rail.listen(fence["address"], fence["port"], fence["token"])
        listener = socket.create_server((chosen.host, chosen.port), backlog=_BACKLOG)
    except (OSError, ValueError) as error:
        print(f"the resident cannot start: {error}", file=sys.stderr)
        return 3
    serve(listener, token)
    return 0


def serve(listener: socket.socket, token: str) -> None:
    """A thread for each connection, until the listener is closed."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve_one, args=(connection, token), daemon=True).start()


def _serve_one(connection: socket.socket, token: str) -> None:
    with connection, contextlib.suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        match _first_line(connection, token):
            case {"gate": [str(address), int(port)]}:
                gate.serve(connection, address, port)
            case {"injector": True}:
                _inject(connection)
            case {"rail": True}:
                rail.serve_harness(connection)


def _first_line(connection: socket.socket, token: str) -> dict[str, object]:
    """What is wanted; empty for one without the token. Reads no byte beyond the line."""
    connection.settimeout(_FIRST_LINE_WITHIN_S)
    line = bytearray()
    while not line.endswith(b"\n") and len(line) < _FIRST_LINE_MAX:
        byte = connection.recv(1)
        if not byte:
            return {}
        line += byte
    connection.settimeout(None)
    try:
        wish = json.loads(line)
    except ValueError:
        return {}
    shown = wish.get("token") if isinstance(wish, dict) else None
    return wish if isinstance(shown, str) and hmac.compare_digest(shown.encode(), token.encode()) else {}


def _inject(connection: socket.socket) -> None:
    with connection.makefile("rb") as lines:
        while line := lines.readline(_LINE_MAX):
            connection.sendall(json.dumps(_answer(line)).encode() + b"\n")


def _answer(line: bytes) -> dict[str, object]:
    try:
        fields = json.loads(line)
        do: Callable[..., object] = injector.COMMANDS[fields.pop("do")]
        return {"ok": do(**fields)}
    except Exception as error:  # whatever it was, the other side has to learn of it
        return {"error": _text(error)}


def _text(error: Exception) -> str:
    told = isinstance(error, injector.InjectorError | OSError) and str(error)
    return told or f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    sys.exit(main())
