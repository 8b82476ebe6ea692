"""A client's conversation with a PostgreSQL primary. Offers sessions.Session.

A write inserts a row: one statement, its own transaction. A read takes the newest row of its key, and whether
the node is in recovery by then: what a standby answers is no primary's word. A statement that was refused
(no table, read-only) was certainly not carried out; one that a going server broke off is unknown.
"""

from __future__ import annotations

import socket
from threading import Lock

from harness.workloads.connector import Reply
from targets.own_stack.load.keys import TABLE
from targets.own_stack.setup import Access
from targets.protocols.postgres_link import PostgresLink, RefusedError, quoted

CONNECT_LIMIT_S = 0.3
# Beyond what any operation is given: its client's own time-out closes it before.
_SILENCE_S = 65.0
# To prove a password takes thousands of hashes: many threads at it would starve the loop that stamps times.
_one_login = Lock()


class PostgresSession:
    """node: empty behind a router, until its mark has told who serves."""

    def __init__(self, node: str, link: PostgresLink) -> None:
        self.node, self._link = node, link

    def write(self, key: str, value: str) -> Reply:
        try:
            self._link.ask(f"INSERT INTO {TABLE} (key, value) VALUES ({quoted(key)}, {quoted(value)})")
        except RefusedError as refusal:
            return self._refused(f"{refusal}")
        return Reply(outcome="ok", node=self.node)

    def read(self, key: str) -> Reply:
        newest = f"SELECT value FROM {TABLE} WHERE key = {quoted(key)} ORDER BY id DESC LIMIT 1"
        try:
            ((value, in_recovery),) = self._link.ask(f"SELECT ({newest}), pg_is_in_recovery()")
        except RefusedError as refusal:
            return self._refused(f"{refusal}")
        if in_recovery:
            return self._refused("it is a standby")
        return Reply(outcome="ok", value=value or "", node=self.node)

    def mark(self) -> str:
        """The address at which it took this connection. Raises OSError when that is lost."""
        try:
            ((address,),) = self._link.ask("SELECT inet_server_addr()")
        except RefusedError:
            return ""
        return f"{address or ''}"

    def close(self) -> None:
        self._link.close()

    def _refused(self, error: str) -> Reply:
        return Reply(outcome="fail", node=self.node, error=error)


def open_session(address: str, port: int, access: Access, *, node: str) -> PostgresSession:
    """Raises OSError when it is no primary, or nobody is there: nothing was sent."""
    link, opened = _logged_in(address, port, access)
    try:
        ((in_recovery,),) = link.ask("SELECT pg_is_in_recovery()")
    except RefusedError as refusal:
        link.close()
        raise ConnectionError(f"{address}: {refusal}") from refusal
    except BaseException:
        link.close()
        raise
    if in_recovery:
        link.close()
        raise ConnectionError(f"{address} is a standby")
    opened.settimeout(_SILENCE_S)
    return PostgresSession(node, link)


def mark_at(address: str, port: int, access: Access) -> str:
    """Of whoever listens there, primary or not. Raises OSError when nobody does."""
    link, _ = _logged_in(address, port, access)
    try:
        return PostgresSession("", link).mark()
    finally:
        link.close()


def _logged_in(address: str, port: int, access: Access) -> tuple[PostgresLink, socket.socket]:
    opened = socket.create_connection((address, port), timeout=CONNECT_LIMIT_S)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        with _one_login:
            link = PostgresLink(opened, user=access.user, password=access.password, database=access.database)
    except RefusedError as refusal:
        opened.close()
        raise ConnectionError(f"{address}: {refusal}") from refusal
    except BaseException:
        opened.close()
        raise
    return link, opened
