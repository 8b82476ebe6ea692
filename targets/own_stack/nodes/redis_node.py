"""A Redis as a node: its ROLE, and the lists that clients append to (redis-py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from harness.seams import Dial
from targets.own_stack.load.keys import PREFIX
from targets.own_stack.seen import Role
from targets.own_stack.setup import Access
from targets.protocols.redis_link import Link

# It answers, and will do better in a moment.
_PASSING = ("MASTERDOWN", "BUSY")


def role_of(answer: Any) -> Role:
    """`ROLE`: a replica names its primary, and how its link to that one is. Raises ValueError."""
    match answer:
        case ["master", *_]:
            return "primary"
        case ["slave", _, _, link, *_]:
            return "standby" if link == "connected" else "starting"
    raise ValueError(f"no answer of a Redis to ROLE: {answer!r}"[:200])


class RedisAsking:
    """Offers conversation.Asking."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def role(self) -> Role:
        return role_of(_asked(self._link, ("ROLE",))[0])

    def close(self) -> None:
        self._link.close()


class RedisNodes:
    """Offers conversation.Asker and conversation.Store."""

    def __init__(self, dial: Dial, ports: Mapping[str, int], access: Access) -> None:
        self._dial, self._ports, self._access = dial, ports, access

    def open(self, host: str) -> RedisAsking:
        return RedisAsking(self._link(host))

    def prepare(self, host: str) -> None:
        """A list is there with its first value."""

    def values(self, host: str) -> list[str]:
        link = self._link(host)
        try:
            (keys,) = _asked(link, ("KEYS", f"{PREFIX}*"))
            lists = _asked(link, *(("LRANGE", key, "0", "-1") for key in sorted(keys)))
        finally:
            link.close()
        return [value for values in lists for value in values]

    def _link(self, host: str) -> Link:
        access = self._access
        with _sorted():
            return Link(self._dial, host, self._ports[host], user=access.user, password=access.password)


def _asked(link: Link, *questions: tuple[str, ...]) -> list[Any]:
    with _sorted():
        return link.ask_all(*questions)


@contextmanager
def _sorted() -> Iterator[None]:
    """What a person must mend, and what passes: a wrong password is no lost link, loading no refusal."""
    from redis.exceptions import AuthenticationError, BusyLoadingError

    try:
        yield
    except OSError as error:
        if isinstance(error.__cause__, AuthenticationError):
            raise ValueError(f"{error}") from error
        raise
    except ValueError as error:
        if isinstance(error.__cause__, BusyLoadingError) or f"{error}".startswith(_PASSING):
            raise ConnectionError(f"{error}") from error
        raise
