"""Who may stay connected to one host: so many of each kind, and nobody who keeps it waiting.

Peers never make room for clients, nor clients for who has not even said hello.
"""

from __future__ import annotations

from targets.reference.driver.connection import Closed, Connection

HELLO_WITHIN_S = 2.0
# From a frame's first byte to its last. A peer's may be long, and its way narrow.
CLIENT_FRAME_WITHIN_S, FRAME_WITHIN_S = 5.0, 60.0
# Peers ping, so a silent incoming connection is one that a partition left behind. Clients may be idle.
IDLE_S = 60.0
STRANGERS_MAX, CLIENTS_MAX, PROVEN_MAX = 500, 1000, 200


class Doorway:
    """Of the connections that were accepted."""

    def __init__(self) -> None:
        # Each in the order in which it came in.
        self._strangers: dict[Connection, None] = {}
        self._clients: dict[Connection, None] = {}
        self._proven: dict[Connection, None] = {}

    def came(self, connection: Connection) -> None:
        """The stranger that has said nothing for longest gives way."""
        self._strangers[connection] = None
        if len(self._strangers) > STRANGERS_MAX:
            self._send_away(next(iter(self._strangers)))

    def greeted(self, connection: Connection) -> None:
        """It has said who it is. The one of its kind that was silent for longest gives way."""
        self._strangers.pop(connection, None)
        kind, at_most = (self._proven, PROVEN_MAX) if connection.is_proven else (self._clients, CLIENTS_MAX)
        kind[connection] = None
        if len(kind) > at_most:
            self._send_away(min(kind, key=lambda one: one.heard_s))

    def left(self, connection: Connection) -> None:
        for kind in (self._strangers, self._clients, self._proven):
            kind.pop(connection, None)

    def sweep(self, now_s: float) -> None:
        """Send away who keeps this host waiting."""
        for kind in (self._strangers, self._clients, self._proven):
            for connection in [*kind]:
                reason = _overdue(connection, now_s)
                if reason is not None:
                    connection.abort(reason)

    def _send_away(self, connection: Connection) -> None:
        """It counts no more from now on: that it has left is heard only in the loop's next turn."""
        self.left(connection)
        connection.abort("too many")


def _overdue(connection: Connection, now_s: float) -> Closed | None:
    if not connection.peer:
        return "too slow" if now_s - connection.began_s > HELLO_WITHIN_S else None
    half_s = now_s - (connection.half_since_s or now_s)
    if half_s > (FRAME_WITHIN_S if connection.is_proven else CLIENT_FRAME_WITHIN_S):
        return "too slow"
    return "idle" if now_s - connection.heard_s > IDLE_S else None
