"""A client's conversation with a PostgreSQL, played by a stand-in on loopback."""

from __future__ import annotations

import pytest

from targets.own_stack.load.postgres_client import mark_at, open_session
from targets.own_stack.setup import Access
from tests.targets.protocols.postgreses import Answer, Refusal, serving


class Postgres:
    """As a test scripts it."""

    def __init__(self, *, in_recovery: bool = False, insert: Answer = None) -> None:
        self.in_recovery, self.insert = in_recovery, [] if insert is None else insert
        self.statements: list[str] = []

    def serve(self, statement: str) -> Answer:
        self.statements.append(statement)
        if statement.startswith("INSERT"):
            return self.insert
        if statement == "SELECT pg_is_in_recovery()":
            return [[self.in_recovery]]
        if statement == "SELECT inet_server_addr()":
            return [["198.18.3.10"]]
        return [["v2", self.in_recovery]]


def test_a_write_is_one_statement_and_a_read_takes_the_newest() -> None:
    postgres = Postgres()
    with serving(postgres.serve) as port:
        session = open_session("127.0.0.1", port, Access(user="app"), node="db1")
        reply = session.write("k1", "v'1")
        assert (reply.outcome, reply.node, reply.epoch) == ("ok", "db1", 0)
        assert postgres.statements[-1] == "INSERT INTO failover_drill (key, value) VALUES ('k1', 'v''1')"
        assert session.read("k1").value == "v2"
        session.close()


def test_a_refused_write_was_certainly_not_carried_out() -> None:
    with serving(Postgres(insert=Refusal("25006", "read-only transaction")).serve) as port:
        session = open_session("127.0.0.1", port, Access(), node="db1")
        reply = session.write("k1", "v1")
        assert (reply.outcome, reply.error) == ("fail", "read-only transaction (25006)")
        session.close()


def test_a_write_that_a_going_server_broke_off_is_no_refusal() -> None:
    with serving(Postgres(insert=Refusal("57P01", "terminating connection")).serve) as port:
        session = open_session("127.0.0.1", port, Access(), node="db1")
        with pytest.raises(ConnectionError, match="terminating connection"):
            session.write("k1", "v1")
        session.close()


def test_what_a_standby_answers_is_no_primary_s_word() -> None:
    postgres = Postgres()
    with serving(postgres.serve) as port:
        session = open_session("127.0.0.1", port, Access(), node="db1")
        postgres.in_recovery = True
        assert (session.read("k1").outcome, session.read("k1").value) == ("fail", "")
        session.close()


def test_a_standby_takes_no_client() -> None:
    with (
        serving(Postgres(in_recovery=True).serve) as port,
        pytest.raises(ConnectionError, match="is a standby"),
    ):
        open_session("127.0.0.1", port, Access(), node="db1")


def test_its_mark_is_the_address_at_which_it_was_reached_standby_or_not() -> None:
    with serving(Postgres(in_recovery=True).serve) as port:
        assert mark_at("127.0.0.1", port, Access()) == "198.18.3.10"
