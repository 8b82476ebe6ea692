"""A client's conversation over HTTP, kept open between requests. Offers sessions.Session.

Any status of the two hundreds is done; those that the stack file names as `refused` were certainly not
applied; any other leaves a write unknown. Where a node tells its role over HTTP, it is asked for that first.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote

from harness.model.ownstack import AskRole, HttpCall, Speaks
from harness.workloads.connector import Reply
from targets.own_stack.load.answers import shown_field

CONNECT_LIMIT_S = 0.3
# Beyond what any operation is given: its client's own time-out closes it before.
_SILENCE_S = 65.0


class HttpSession:
    """node: empty behind a router, where nobody says who serves."""

    def __init__(self, node: str, connection: HTTPConnection, speaks: Speaks) -> None:
        self._node, self._connection, self._speaks = node, connection, speaks
        self._closed = False

    def write(self, key: str, value: str) -> Reply:
        call = self._speaks.write
        assert call is not None
        if hindrance := self._hindrance():
            return Reply(outcome="fail", error=hindrance)
        status, text = request(self._connection, call, key, value)
        if 200 <= status < 300:
            return Reply(outcome="ok", node=self._node)
        error = f"{status}: {text.strip()[:80]}"
        if status in self._speaks.refused:
            return Reply(outcome="fail", node=self._node, error=error)
        return Reply(outcome="unknown", node=self._node, error=error)

    def read(self, key: str) -> Reply:
        call = self._speaks.read
        assert call is not None
        if hindrance := self._hindrance():
            return Reply(outcome="fail", error=hindrance)
        status, text = request(self._connection, call, key, "")
        if status == 404:
            return Reply(outcome="ok", node=self._node)
        if not 200 <= status < 300:
            return Reply(outcome="fail", node=self._node, error=f"{status}")
        try:
            return Reply(outcome="ok", node=self._node, value=shown_field(text, call.field))
        except ValueError as error:
            return Reply(outcome="fail", node=self._node, error=f"{error}")

    def close(self) -> None:
        self._closed = True
        if self._connection.sock is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _hindrance(self) -> str:
        """Why nothing can be sent. A server may close after each answer and say so: it is dialled again."""
        try:
            if self._connection.sock is None and not self._closed:
                _dialled(self._connection)
        except OSError as error:
            return f"not sent: {error}"
        return "not sent: the connection was closed" if self._closed else ""


def request(connection: HTTPConnection, call: HttpCall, key: str, value: str) -> tuple[int, str]:
    """Raises OSError for whatever is no answer."""
    path = call.path.replace("{key}", quote(key, safe="")).replace("{value}", quote(value, safe=""))
    body = call.body.replace("{key}", key).replace("{value}", value)
    try:
        connection.request(call.method, path, body=body.encode() or None)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (HTTPException, ValueError, AttributeError) as error:
        raise ConnectionError(f"no HTTP: {error or type(error).__name__}") from error


def open_session(
    address: str, port: int, speaks: Speaks, ask: AskRole, *, node: str, asked_port: int
) -> HttpSession:
    """Raises OSError when it says that it is no primary, or nobody is there: nothing was sent.

    asked_port: 0 where the role cannot be asked for from here.
    """
    if asked_port:
        _must_be_primary(address, asked_port, ask)
    connection = HTTPConnection(address, port, timeout=CONNECT_LIMIT_S)
    # By itself it would dial again, and send again what may have arrived.
    connection.auto_open = 0
    _dialled(connection)
    return HttpSession(node, connection, speaks)


def _dialled(connection: HTTPConnection) -> None:
    connection.connect()
    connection.sock.settimeout(_SILENCE_S)


def _must_be_primary(address: str, port: int, ask: AskRole) -> None:
    connection = HTTPConnection(address, port, timeout=CONNECT_LIMIT_S)
    try:
        status, text = request(connection, HttpCall(path=ask.path), "", "")
    finally:
        connection.close()
    try:
        is_primary = status == 200 if not ask.field else shown_field(text, ask.field) == ask.is_primary
    except ValueError as error:
        raise ConnectionError(f"{address}: {error}") from error
    if not is_primary:
        raise ConnectionError(f"{address} says that it is no primary")
