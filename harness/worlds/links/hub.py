"""The hub: all links of a mesh, made once, then brought from one stand to another and read back.

What Toxiproxy 2.12 does to those who change it carelessly, and what is done about it here:

* A change of toxics interrupts every stream of the proxy, and one that is blocked in a write, because its
  reader takes nothing, cannot be interrupted. The request hangs, and with it each later look at that proxy;
  adding a toxic, removing it and setting a latency to 0 are alike in this. Who calls names the proxies with
  a full stream (`closing`), and their connections are closed first, which never hangs.
* Should one hang all the same it is deleted and made anew. But once a new client has come to it, the
  deletion hangs too, and then the whole of Toxiproxy: that is told, and cannot be mended from here.
* `/version` answers whatever happens, so only answers about the proxies count as health.
* Nothing is believed: a change is over when what was written has been read back (`read`).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from harness.model.drill import Json
from harness.model.errors import WorldError
from harness.worlds.links.changes import Request, changes, left_by, settled, stand_of
from harness.worlds.links.lanes import Sent
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.server import Server, UnreachableError
from harness.worlds.links.wanted import Stand

_START_LIMIT_S = 10.0
_CHANGE_LIMIT_S = 3.0
_LATE_LIMIT_S = 2.0
_POLL_S = 0.05


class Change(Struct, frozen=True, kw_only=True):
    """What a change took: raw CLOCK_MONOTONIC before the first link and after the last, notes for people."""

    before_s: float
    after_s: float
    notes: tuple[str, ...] = ()


class Hub:
    """One Toxiproxy and the proxies that were created there. Not for several threads at once."""

    def __init__(self, address: str, port: int) -> None:
        self._server = Server(address, port)
        self._proxies: dict[str, Proxy] = {}
        # As last told by Toxiproxy, with what is at rest; in doubt after a change that failed.
        self._stands: dict[str, Stand] = {}
        self._in_doubt = False

    def create(self, proxies: Sequence[Proxy]) -> None:
        """Wait until Toxiproxy answers, create all in one call, read them back. Raises WorldError.

        The addresses on which they listen must be there already.
        """
        self._wait()
        self._server.create([_described(proxy) for proxy in proxies])
        self._proxies = {proxy.name: proxy for proxy in proxies}
        answer = self._server.proxies()
        for proxy in proxies:
            _same_addresses(proxy, answer.get(proxy.name))
        self._stands = _stands(answer, self._proxies)
        self._expect(dict.fromkeys(self._proxies, Stand()))

    def toxics_differ(self, wanted: Mapping[str, Stand]) -> frozenset[str]:
        """The proxies whose toxics apply would change: those that it could hang on. Raises WorldError."""
        if self._in_doubt:
            self._look()
        return frozenset(
            name for name, then in wanted.items() if settled(self._stands[name]).toxics != then.toxics
        )

    def apply(self, wanted: Mapping[str, Stand], *, closing: Collection[str] = ()) -> Change:
        """Bring these proxies to these stands, all at once. Raises WorldError.

        closing: whose connections are closed on the way. Reading back is the caller's, after the stamps.
        """
        if self._in_doubt:
            self._look()
        steps = {
            name: changes(name, self._stands[name], then, closing=name in closing)
            for name, then in wanted.items()
        }
        steps = {name: requests for name, requests in steps.items() if requests}
        self._in_doubt = True
        change = self._sent(steps, wanted)
        self._stands.update({name: left_by(self._stands[name], wanted[name]) for name in steps})
        self._in_doubt = False
        closed = tuple(_closed(name) for name in steps if name in closing)
        return Change(before_s=change.before_s, after_s=change.after_s, notes=closed + change.notes)

    def read(self, wanted: Mapping[str, Stand]) -> None:
        """Look whether all stands are as wanted. Raises WorldError naming one that is not."""
        self._look()
        self._expect(wanted)

    def _look(self) -> None:
        self._stands = _stands(self._server.proxies(), self._proxies)
        self._in_doubt = False

    def _wait(self) -> None:
        deadline_s = time.monotonic() + _START_LIMIT_S
        while True:
            try:
                self._server.proxies()
                return
            except UnreachableError:
                if time.monotonic() > deadline_s:
                    raise
                time.sleep(_POLL_S)

    def _expect(self, wanted: Mapping[str, Stand]) -> None:
        wrong = [name for name, stand in wanted.items() if settled(self._stands[name]) != stand]
        if wrong:
            name = wrong[0]
            raise WorldError(
                f"{len(wrong)} of {len(wanted)} links do not stand as they should; of {name} Toxiproxy says "
                f"{_text(settled(self._stands[name]))} instead of {_text(wanted[name])}"
            )

    def _sent(self, steps: Mapping[str, Sequence[Request]], wanted: Mapping[str, Stand]) -> Change:
        sent = self._server.send(steps, limit_s=_CHANGE_LIMIT_S)
        _refuse(steps, sent)
        notes = [note for name in sent.stuck for note in self._mended(name, wanted[name])]
        rest = {name: steps[name] for name in steps if name not in sent.answers and name not in sent.stuck}
        if rest:
            later = self._sent(rest, wanted)
            return Change(before_s=sent.before_s, after_s=later.after_s, notes=(*notes, *later.notes))
        after_s = time.monotonic() if sent.stuck else sent.after_s
        return Change(before_s=sent.before_s, after_s=after_s, notes=tuple(notes))

    def _mended(self, name: str, then: Stand) -> list[str]:
        """Of a proxy that did not answer in time: it hangs, or what it was asked for is only late."""
        give_up_s = time.monotonic() + _LATE_LIMIT_S
        while True:
            try:
                now = stand_of(dict(self._server.proxy(name)))
            except UnreachableError:
                return self._made_anew(name, then)
            if settled(now) == then:
                return []
            if time.monotonic() > give_up_s:
                return [] if self._changed_alone(name, now, then) else self._made_anew(name, then)
            time.sleep(_POLL_S)

    def _made_anew(self, name: str, then: Stand) -> list[str]:
        self._server.delete(name)
        self._server.create([_described(self._proxies[name]) | {"enabled": False}])
        if not self._changed_alone(name, Stand(enabled=False), then):
            raise WorldError(f"Toxiproxy hung on {name} even after that was made anew; start the drill anew")
        self._stands[name] = then
        return [f"Toxiproxy hung on {name}; it was made anew, and its connections were closed"]

    def _changed_alone(self, name: str, now: Stand, then: Stand) -> bool:
        steps = {name: changes(name, now, then)}
        sent = self._server.send(steps, limit_s=_CHANGE_LIMIT_S)
        _refuse(steps, sent)
        return not sent.stuck


def _refuse(steps: Mapping[str, Sequence[Request]], sent: Sent) -> None:
    """Raises WorldError for what Toxiproxy refused."""
    for name, answers in sent.answers.items():
        for request, answer in zip(steps[name], answers, strict=False):
            if answer.status >= 400:
                what = f"{request.method} {request.path}: {answer.status} {answer.body.strip()[:200]}"
                raise WorldError(f"Toxiproxy refused a change of {name}: {what}")


def _stands(answer: Mapping[str, Json], proxies: Collection[str]) -> dict[str, Stand]:
    try:
        return {name: stand_of(answer.get(name)) for name in proxies}
    except ValueError as error:
        raise WorldError(f"Toxiproxy lost a link: {error}; the drill has to be started anew") from error


def _same_addresses(proxy: Proxy, answer: Json) -> None:
    match answer:
        case {"listen": proxy.listen, "upstream": proxy.upstream}:
            return
    raise WorldError(f"the link {proxy.name} was not made as asked: Toxiproxy says {answer!r:.200}")


def _described(proxy: Proxy) -> dict[str, Json]:
    return {"name": proxy.name, "listen": proxy.listen, "upstream": proxy.upstream, "enabled": True}


def _closed(name: str) -> str:
    return f"{name}: a reader took nothing and its stream was full, so its connections were closed"


def _text(stand: Stand) -> str:
    toxics = [f"{t.name} {' '.join(f'{key}={value}' for key, value in t.attributes)}" for t in stand.toxics]
    return ", ".join(["listening" if stand.enabled else "not listening", *toxics])
