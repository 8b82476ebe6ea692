"""A PostgreSQL as a node, played by a stand-in on loopback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from targets.own_stack.nodes.postgres_node import PostgresNodes
from targets.own_stack.setup import Access
from targets.protocols.postgres_link import RefusedError
from tests.targets.protocols.postgreses import Answer, Refusal, serving


@contextmanager
def nodes(serve: Callable[[str], Answer]) -> Iterator[PostgresNodes]:
    with serving(serve) as listens_at:

        def dial(host: str, port: int) -> socket.socket:
            assert (host, port) == ("db1", 5432)
            return socket.create_connection(("127.0.0.1", listens_at))

        yield PostgresNodes(dial, {"db1": 5432}, Access(user="app"))


@pytest.mark.parametrize(
    ("in_recovery", "receives", "role"),
    [(False, False, "primary"), (True, True, "standby"), (True, False, "starting")],
)
def test_a_standby_is_in_step_while_it_receives(in_recovery: bool, receives: bool, role: str) -> None:
    with nodes(lambda statement: [[in_recovery, receives]]) as asked:
        asking = asked.open("db1")
        assert asking.role() == role
        asking.close()


def test_it_is_prepared_by_statements_that_change_nothing_where_all_is_there() -> None:
    told: list[str] = []

    def serve(statement: str) -> Answer:
        told.append(statement)
        return []

    with nodes(serve) as asked:
        asked.prepare("db1")
    assert [statement.partition(" failover_drill")[0] for statement in told] == [
        "CREATE TABLE IF NOT EXISTS",
        "CREATE INDEX IF NOT EXISTS",
    ]


def test_a_table_that_may_not_be_made_is_a_refusal() -> None:
    with (
        nodes(lambda statement: Refusal("42501", "permission denied for schema public")) as asked,
        pytest.raises(RefusedError, match="permission denied"),
    ):
        asked.prepare("db1")


def test_everything_is_read_back() -> None:
    with nodes(lambda statement: [["t1.client1.0.0"], ["t1.client1.0.1"]]) as asked:
        assert asked.values("db1") == ["t1.client1.0.0", "t1.client1.0.1"]
