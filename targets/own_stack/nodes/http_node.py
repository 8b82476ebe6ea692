"""A node that is asked over HTTP, each question on a connection of its own that a world dials."""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

from harness.model.ownstack import AskRole, HttpCall
from harness.seams import Dial
from targets.own_stack.load.answers import listed, shown_field
from targets.own_stack.seen import Role

LIMIT_S = 1.0
READ_ALL_LIMIT_S = 20.0


class HttpAsking:
    """Offers conversation.Asking."""

    def __init__(self, nodes: HttpNodes, host: str, ask: AskRole) -> None:
        self._nodes, self._host, self._ask = nodes, host, ask

    def role(self) -> Role:
        ask = self._ask
        status, text = self._nodes.request(self._host, HttpCall(path=ask.path), LIMIT_S)
        if not ask.field:
            return "primary" if status == 200 else "standby"
        return role_said(shown_field(text, ask.field), ask)

    def close(self) -> None:
        """Nothing is kept open."""


def role_said(word: str, ask: AskRole) -> Role:
    if word == ask.is_primary:
        return "primary"
    return "standby" if not ask.standby or word == ask.standby else "starting"


class HttpNodes:
    """Offers conversation.Asker and, with `everything`, conversation.Store."""

    def __init__(
        self, dial: Dial, ports: Mapping[str, int], *, ask: AskRole, everything: HttpCall | None = None
    ) -> None:
        self._dial, self._ports, self._ask, self._everything = dial, ports, ask, everything

    def open(self, host: str) -> HttpAsking:
        return HttpAsking(self, host, self._ask)

    def prepare(self, host: str) -> None:
        """What can be written to is there, or the stack file could not say how."""

    def values(self, host: str) -> list[str]:
        call = self._everything
        assert call is not None
        status, text = self.request(host, call, READ_ALL_LIMIT_S)
        if status != 200:
            raise ValueError(f"{call.method} {call.path} was answered with {status}")
        return listed(text, call.field)

    def request(self, host: str, call: HttpCall, limit_s: float) -> tuple[int, str]:
        """Raises OSError for whatever is no answer."""
        connection = HTTPConnection(host, timeout=limit_s)
        connection.sock = self._dial(host, self._ports[host])
        connection.sock.settimeout(limit_s)
        try:
            connection.request(call.method, call.path, body=call.body.encode() or None)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except HTTPException as error:
            raise ConnectionError(f"no HTTP: {error or type(error).__name__}") from error
        finally:
            connection.close()
