"""Toxiproxy through its Python client, with what the client lacks. Speaks of JSON, ignores what it means.

toxiproxy-python makes the requests and knows the errors of the interface. Added here: a time limit to every
call (it has none, and a wedged server hangs its caller for ever); errors for status 5xx (it takes them for
success); host and port of its own for every server (its class attributes allow one a process); and a direct
way there, whatever proxy the environment names. What it cannot do at all is done beside it: changing a
toxic, creating in bulk without listing everything first, and many changes at once (see lanes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from harness.model.drill import Json
from harness.model.errors import WorldError
from harness.worlds.links import lanes
from harness.worlds.links.changes import Request
from harness.worlds.links.lanes import Sent

CALL_LIMIT_S = 3.0
_DIRECT = {"http": "", "https": ""}


class UnreachableError(WorldError):
    """Nobody answers there, or not in time."""


class Server:
    """One Toxiproxy. Every call raises WorldError; UnreachableError when there was no answer."""

    def __init__(self, address: str, port: int) -> None:
        self._consumer: Any = type("Consumer", (APIConsumer,), {"host": address, "port": port})
        self._address = (address, port)

    def proxies(self) -> Mapping[str, Json]:
        """All of them with their toxics: the only sign of health, since /version answers even when wedged."""
        return self._called("listing the proxies", self._consumer.get, "/proxies")

    def proxy(self, name: str) -> Mapping[str, Json]:
        return self._called(f"reading {name}", self._consumer.get, f"/proxies/{name}")

    def create(self, proxies: Sequence[Mapping[str, Json]]) -> None:
        """All in one call; one that is there already, with these addresses, is left as it is."""
        self._called("creating the proxies", self._consumer.post, "/populate", json=list(proxies))

    def delete(self, name: str) -> None:
        self._called(f"deleting {name}", self._consumer.delete, f"/proxies/{name}")

    def send(self, wanted: Mapping[str, Sequence[Request]], *, limit_s: float) -> Sent:
        """Many changes at once; of proxies that do not answer, answers are missing."""
        try:
            return lanes.send(self._address, wanted, limit_s=limit_s)
        except OSError as error:
            raise self._unreachable("changing the links", error) from error

    def _called(self, what: str, call: Any, path: str, **more: Any) -> Mapping[str, Json]:
        try:
            answer = call(path, timeout=CALL_LIMIT_S, proxies=_DIRECT, **more)
        except requests.RequestException as error:
            raise self._unreachable(what, error) from error
        except (NotFound, ProxyExists, InvalidToxic) as error:
            raise WorldError(f"{what}: Toxiproxy refused: {_text(error.args[0])}") from error
        if answer.status_code >= 400:
            raise WorldError(f"{what}: Toxiproxy answered {answer.status_code}: {_text(answer.content)}")
        return _table(what, answer)

    def _unreachable(self, what: str, error: Exception) -> UnreachableError:
        host, port = self._address
        return UnreachableError(
            f"{what}: Toxiproxy at {host}:{port} did not answer ({type(error).__name__}); "
            "the hub's container log says more, and the drill has to be started anew"
        )


def _table(what: str, answer: requests.Response) -> Mapping[str, Json]:
    if not answer.content:
        return {}
    try:
        table = answer.json()
    except ValueError as error:
        raise WorldError(f"{what}: Toxiproxy answered nonsense: {_text(answer.content)}") from error
    if not isinstance(table, dict):
        raise WorldError(f"{what}: Toxiproxy answered nonsense: {_text(answer.content)}")
    return table


def _text(content: bytes) -> str:
    return content.decode(errors="replace").strip()[:300]
