"""The power rail's socket beside the hub: what a stack's fence device asks, the harness answers.

It listens at the hub's address on the fence device's own network, where nobody else is. A request is one
line, {"token": …, "host": …, "order": "ForceOff" | "On" | "read"}, and so is its answer: {"state": …} or
{"error": …}.
The harness is told {"id": …, "host": …, "order": …} over the connection on which it asked for the rail, and
answers with the same id. Whose switches there are is the harness's to know.
"""

from __future__ import annotations

import contextlib
import hmac
import itertools
import json
import queue
import socket
import threading

_LINE_MAX = 4096
_REQUEST_WITHIN_S, _ANSWER_WITHIN_S = 2.0, 2.0

_ids = itertools.count(1)
_lock = threading.Lock()
_harness: list[socket.socket] = []
_waiting: dict[int, queue.SimpleQueue[dict[str, object]]] = {}


def listen(address: str, port: int, token: str) -> None:
    """Answers requests from now on, in threads of its own. Raises OSError."""
    listener = socket.create_server((address, port))
    threading.Thread(target=_accept, args=(listener, token), daemon=True).start()


def serve_harness(connection: socket.socket) -> None:
    """Until it ends; the newest one counts."""
    with _lock:
        _harness.append(connection)
    try:
        with connection.makefile("rb") as lines:
            while line := lines.readline(_LINE_MAX):
                answer = json.loads(line)
                with _lock:
                    waits = _waiting.get(answer.pop("id", 0))
                if waits is not None:
                    waits.put(answer)
    except ValueError:
        return
    finally:
        with _lock:
            _harness.remove(connection)


def ask(host: str, order: str) -> dict[str, object]:
    number, answer = next(_ids), queue.SimpleQueue[dict[str, object]]()
    line = json.dumps({"id": number, "host": host, "order": order}).encode() + b"\n"
    try:
        with _lock:
            _waiting[number] = answer
            if not _harness:
                return {"error": "nobody has the power switches"}
            _harness[-1].sendall(line)
        return answer.get(timeout=_ANSWER_WITHIN_S)
    except (OSError, queue.Empty) as error:
        return {"error": f"no answer from who has the power switches ({type(error).__name__})"}
    finally:
        with _lock:
            del _waiting[number]


def _accept(listener: socket.socket, token: str) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, token), daemon=True).start()


def _serve(connection: socket.socket, token: str) -> None:
    """One request; who has not the token gets nothing."""
    connection.settimeout(_REQUEST_WITHIN_S)
    with connection, contextlib.suppress(OSError, ValueError), connection.makefile("rb") as lines:
        match json.loads(lines.readline(_LINE_MAX)):
            case {"token": str(shown), "host": str(host), "order": str(order)} if hmac.compare_digest(
                shown.encode(), token.encode()
            ):
                connection.sendall(json.dumps(ask(host, order)).encode() + b"\n")
