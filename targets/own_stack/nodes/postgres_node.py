"""A PostgreSQL as a node: whether it is in recovery, and the table that clients write into (pg8000)."""

from __future__ import annotations

from collections.abc import Mapping

from harness.seams import Dial
from targets.own_stack.load.keys import TABLE
from targets.own_stack.seen import Role
from targets.own_stack.setup import Access
from targets.protocols.postgres_link import PostgresLink

LIMIT_S = 1.0
READ_ALL_LIMIT_S = 20.0
# A standby in step receives its primary's log; that somebody does, one need not be a superuser to see.
_ROLE = "SELECT pg_is_in_recovery(), EXISTS (SELECT pid FROM pg_stat_wal_receiver WHERE pid IS NOT NULL)"
# Statements that change nothing where it is there: then no standby is waited for either.
_PREPARE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigserial PRIMARY KEY, key text NOT NULL, value text NOT NULL)",
    f"CREATE INDEX IF NOT EXISTS {TABLE}_key ON {TABLE} (key, id)",
)


class PostgresAsking:
    """Offers conversation.Asking."""

    def __init__(self, link: PostgresLink) -> None:
        self._link = link

    def role(self) -> Role:
        ((in_recovery, receives),) = self._link.ask(_ROLE)
        if not in_recovery:
            return "primary"
        return "standby" if receives else "starting"

    def close(self) -> None:
        self._link.close()


class PostgresNodes:
    """Offers conversation.Asker and conversation.Store."""

    def __init__(self, dial: Dial, ports: Mapping[str, int], access: Access) -> None:
        self._dial, self._ports, self._access = dial, ports, access

    def open(self, host: str) -> PostgresAsking:
        return PostgresAsking(self._link(host, LIMIT_S))

    def prepare(self, host: str) -> None:
        link = self._link(host, READ_ALL_LIMIT_S)
        try:
            for statement in _PREPARE:
                link.ask(statement)
        finally:
            link.close()

    def values(self, host: str) -> list[str]:
        link = self._link(host, READ_ALL_LIMIT_S)
        try:
            return [value for (value,) in link.ask(f"SELECT value FROM {TABLE}")]
        finally:
            link.close()

    def _link(self, host: str, limit_s: float) -> PostgresLink:
        access = self._access
        opened = self._dial(host, self._ports[host])
        opened.settimeout(limit_s)
        return PostgresLink(opened, user=access.user, password=access.password, database=access.database)
