"""A conversation with a PostgreSQL over any socket, one statement at a time, each a transaction (pg8000).

pg8000 is an extra of the targets that need it: `must_be_there` says how to get it.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from harness.model.errors import TargetError

# By the class of its SQLSTATE: the server goes, is not there yet, or does not know itself what became of it.
_NO_WORD = ("08", "57P", "58", "XX", "53")


class RefusedError(ValueError):
    """The server said no: the statement was certainly not carried out."""


def must_be_there(target: str) -> None:
    """Raises TargetError where pg8000 is not installed."""
    if find_spec("pg8000") is None:
        raise TargetError(
            f"the target {target} is watched with pg8000, which is not here\n"
            "  pip install 'failover-drill[postgres]'"
        )


class PostgresLink:
    """Raises OSError when the connection is lost or silent beyond the socket's own limit, RefusedError."""

    def __init__(self, opened: socket.socket, *, user: str, password: str, database: str) -> None:
        """Logs in; the socket is its own from now on."""
        from pg8000.native import Connection

        self._socket = opened
        # pg8000's own signatures are untyped.
        made: Any = Connection
        try:
            with _as_builtin():
                # Unencrypted: the mesh is the run's own, and a socket that was wrapped could not be closed
                # under who waits at it.
                self._connection: Any = made(
                    user or "postgres",
                    password=password or None,
                    database=database or None,
                    sock=opened,
                    ssl_context=False,
                )
        except BaseException:
            _ended(opened)
            raise

    def ask(self, statement: str) -> list[list[Any]]:
        """The rows of its answer."""
        with _as_builtin():
            return self._connection.run(statement) or []

    def close(self) -> None:
        """From any thread: who waits for an answer there gets OSError."""
        _ended(self._socket)
        # Its own files on the socket; it says goodbye first, which nobody hears any more.
        with contextlib.suppress(Exception):
            self._connection.close()


def _ended(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)
    opened.close()


def quoted(text: str) -> str:
    """As a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


@contextlib.contextmanager
def _as_builtin() -> Iterator[None]:
    """pg8000's errors as Python's own."""
    from pg8000 import exceptions

    try:
        yield
    except exceptions.DatabaseError as error:
        told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        code, text = told.get("C", ""), told.get("M", f"{error}")
        if code.startswith(_NO_WORD):
            raise ConnectionError(f"{text} ({code})") from error
        raise RefusedError(f"{text} ({code})") from error
    except exceptions.InterfaceError as error:
        raise ConnectionError(f"{error}") from error
    except (AttributeError, KeyError, ValueError, struct.error) as error:
        # What it makes of a connection that was closed under its hands, or that speaks something else.
        raise ConnectionError("it was closed, or speaks no PostgreSQL") from error
