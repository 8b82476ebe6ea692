"""Questions to a Redis or Sentinel over a connection that a world dials. Knows no answer's meaning.

redis-py is an extra of the targets that need it: `must_be_there` says how to get it.
"""

from __future__ import annotations

import contextlib
import socket
from importlib.util import find_spec
from typing import Any

from harness.model.errors import TargetError
from harness.seams import Dial

LIMIT_S = 1.0


def must_be_there(target: str, extra: str) -> None:
    """Raises TargetError where redis-py is not installed."""
    if find_spec("redis") is None:
        raise TargetError(
            f"the target {target} is watched with redis-py, which is not here\n"
            f"  pip install 'failover-drill[{extra}]'"
        )


class Link:
    """One connection. Raises OSError when it is lost or silent for LIMIT_S, ValueError for a refusal."""

    def __init__(self, dial: Dial, host: str, port: int, *, user: str = "", password: str = "") -> None:
        from redis.backoff import NoBackoff
        from redis.connection import Connection
        from redis.retry import Retry

        class Dialled(Connection):
            def _connect(self) -> socket.socket:
                opened = dial(host, port)
                opened.settimeout(LIMIT_S)
                return opened

        # redis-py's own signatures are untyped.
        made: Any = Dialled
        self._connection: Any = made(
            host=host,
            port=port,
            socket_timeout=LIMIT_S,
            decode_responses=True,
            username=user or None,
            password=password or None,
            retry=Retry(NoBackoff(), 0),
            lib_name=None,
            lib_version=None,
        )
        with _as_builtin():
            self._connection.connect()

    def ask(self, *words: str) -> Any:
        """Its answer, as redis-py reads it: text, a number, a list, or nothing."""
        (answer,) = self.ask_all(words)
        return answer

    def ask_all(self, *questions: tuple[str, ...]) -> list[Any]:
        """Sent together: nothing happens between them but what happens in that instant."""
        with _as_builtin():
            for words in questions:
                self._connection.send_command(*words, check_health=False)
            return [self._connection.read_response() for _ in questions]

    def subscribe(self) -> None:
        """To everything that is published there."""
        self.ask("PSUBSCRIBE", "*")

    def heard(self, within_s: float) -> tuple[str, str] | None:
        """The next published (channel, text), or nothing."""
        with _as_builtin():
            if not self._connection.can_read(within_s):
                return None
            kind, _, channel, text = self._connection.read_response()
        return (channel, text) if kind == "pmessage" else None

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.disconnect()


@contextlib.contextmanager
def _as_builtin() -> Any:
    """redis-py's errors as Python's own: neither kind inherits from the other."""
    from redis import exceptions

    try:
        yield
    except (exceptions.ResponseError, exceptions.BusyLoadingError) as error:
        raise ValueError(f"{error}") from error
    except exceptions.TimeoutError as error:
        raise TimeoutError(f"{error}") from error
    except exceptions.RedisError as error:
        raise ConnectionError(f"{error}") from error
