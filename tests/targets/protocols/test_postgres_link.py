"""A conversation with a PostgreSQL, played by a stand-in on loopback."""

from __future__ import annotations

import socket
import threading

import pytest

from targets.protocols.postgres_link import PostgresLink, RefusedError, quoted
from tests.targets.protocols.postgreses import Answer, Refusal, serving


def link(port: int) -> PostgresLink:
    opened = socket.create_connection(("127.0.0.1", port), timeout=5)
    return PostgresLink(opened, user="app", password="", database="app")


def test_rows_come_as_they_are_meant() -> None:
    with serving(lambda statement: [[statement, True, None]]) as port:
        it = link(port)
        assert it.ask("SELECT 1") == [["SELECT 1", True, None]]
        it.close()


def test_a_refusal_is_one_statement_s_and_not_the_connection_s_end() -> None:
    answers: dict[str, Answer] = {"INSERT": Refusal("25006", "read-only transaction"), "SELECT": [["x"]]}
    with serving(lambda statement: answers[statement]) as port:
        it = link(port)
        with pytest.raises(RefusedError, match=r"read-only transaction \(25006\)"):
            it.ask("INSERT")
        assert it.ask("SELECT") == [["x"]]
        it.close()


@pytest.mark.parametrize("code", ["57P01", "57P03", "08006", "XX000", "53300"])
def test_a_server_that_goes_or_is_not_there_yet_refuses_nothing(code: str) -> None:
    with serving(lambda statement: Refusal(code)) as port:
        it = link(port)
        with pytest.raises(ConnectionError, match=code):
            it.ask("INSERT")
        it.close()


def test_one_that_hangs_up_is_lost() -> None:
    with serving(lambda statement: None) as port:
        it = link(port)
        with pytest.raises(ConnectionError):
            it.ask("INSERT")
        it.close()


def test_who_waits_for_an_answer_when_it_is_closed_gets_an_error() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def serve(statement: str) -> Answer:
        asked.set()
        assert go_on.wait(10)
        return [["late"]]

    with serving(serve) as port:
        it = link(port)

        def close() -> None:
            assert asked.wait(10)
            it.close()

        closing = threading.Thread(target=close)
        closing.start()
        with pytest.raises(OSError):
            it.ask("SELECT")
        closing.join()
        go_on.set()


def test_what_speaks_something_else_is_left() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.settimeout(0.1)
        theirs.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with pytest.raises(OSError):
            PostgresLink(ours, user="app", password="", database="")
        theirs.settimeout(5)
        while theirs.recv(4096):
            pass


def test_a_quote_ends_no_literal() -> None:
    assert quoted("it's") == "'it''s'"
