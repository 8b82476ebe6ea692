"""How a proxy stands and how it should -> the requests that make it so, in order. And the way back. Pure.

Removing a latency toxic from a stream can hang Toxiproxy, so one that is over rests at 0 ms, which costs
nothing that could be measured (158 µs a round trip with or without). At rest counts as not there.

A bandwidth toxic is nudged before it is removed: the removal would wait 5 s for each piece that was held back
from a reader that is gone by now, and nobody would come through that proxy meanwhile. Written anew as it is,
it hands on the piece in hand; Toxiproxy sees by the first or the second one that nobody reads, and forgets
that connection. And its rate never grows in place: while it holds a piece, that can end Toxiproxy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct

from harness.model.drill import Json
from harness.worlds.links.wanted import Stand, Toxic, checked

# A peer that has closed says so only to the first piece that comes; the second one finds it gone.
_NUDGES = 2
AT_REST = (("jitter", 0), ("latency", 0))


class Request(Struct, frozen=True):
    """One call of Toxiproxy's interface. body: JSON, empty for none."""

    method: str
    path: str
    body: str = ""


def changes(proxy: str, now: Stand, then: Stand, *, closing: bool = False) -> tuple[Request, ...]:
    """What leads from one stand to the other; nothing when they are the same.

    A proxy is disabled before its toxics change and enabled after, so no connection sees half of a change.
    closing: close its connections on the way, since a change of toxics would hang on them.
    """
    of_toxics = tuple(_toxic_changes(proxy, now, then))
    disable = now.enabled and (not then.enabled or bool(closing and of_toxics))
    first = (_enabled(proxy, False),) if disable else ()
    last = (_enabled(proxy, True),) if then.enabled and (disable or not now.enabled) else ()
    return first + of_toxics + last


def left_by(now: Stand, then: Stand) -> Stand:
    """What is there after the changes: what was asked for, and what they left at rest."""
    names = {toxic.name for toxic in then.toxics}
    rests = [
        Toxic(toxic.stream, toxic.kind, AT_REST)
        for toxic in now.toxics
        if toxic.kind == "latency" and toxic.name not in names
    ]
    return Stand(then.enabled, tuple(sorted([*then.toxics, *rests])))


def settled(stand: Stand) -> Stand:
    """Without what is at rest."""
    return Stand(stand.enabled, tuple(toxic for toxic in stand.toxics if not resting(toxic)))


def resting(toxic: Toxic) -> bool:
    return toxic.kind == "latency" and toxic.attributes == AT_REST


def stand_of(answer: Json) -> Stand:
    """From Toxiproxy's own description of a proxy. Raises ValueError when it is none."""
    match answer:
        case {"enabled": bool(enabled), "toxics": list(toxics)}:
            return Stand(enabled, tuple(sorted(_toxic_of(toxic) for toxic in toxics)))
    raise ValueError(f"not a proxy: {answer!r:.200}")


def _toxic_of(answer: Json) -> Toxic:
    match answer:
        case {"type": str(kind), "stream": "upstream" | "downstream" as stream, "attributes": dict(given)}:
            attributes = tuple(sorted((key, value) for key, value in given.items() if isinstance(value, int)))
            return Toxic("upstream" if stream == "upstream" else "downstream", kind, attributes)
    raise ValueError(f"not a toxic: {answer!r:.200}")


def _toxic_changes(proxy: str, now: Stand, then: Stand) -> Iterator[Request]:
    there = {toxic.name: toxic for toxic in now.toxics}
    wanted = {toxic.name: checked(toxic) for toxic in then.toxics}
    path = f"/proxies/{proxy}/toxics"
    for name, toxic in there.items():
        if name not in wanted and toxic.kind == "latency":
            if not resting(toxic):
                yield Request("PATCH", f"{path}/{name}", _body({"attributes": dict(AT_REST)}))
        elif name not in wanted:
            yield from _removed(proxy, toxic)
    for name, toxic in wanted.items():
        if name not in there:
            yield Request("POST", path, _body(_described(toxic)))
        elif toxic.kind == "bandwidth" and toxic.attributes > there[name].attributes:
            yield from _removed(proxy, there[name])
            yield Request("POST", path, _body(_described(toxic)))
        elif toxic != there[name]:
            yield Request("PATCH", f"{path}/{name}", _body({"attributes": dict(toxic.attributes)}))


def _removed(proxy: str, toxic: Toxic) -> Iterator[Request]:
    path = f"/proxies/{proxy}/toxics/{toxic.name}"
    if toxic.kind == "bandwidth":
        for _ in range(_NUDGES):
            yield Request("PATCH", path, _body({"attributes": dict(toxic.attributes)}))
            # It waits until the connection that ends has been forgotten.
            yield Request("GET", f"/proxies/{proxy}")
    yield Request("DELETE", path)


def _described(toxic: Toxic) -> Json:
    # A toxicity below 1 would be drawn anew whenever another toxic comes: never used.
    return {
        "name": toxic.name,
        "type": toxic.kind,
        "stream": toxic.stream,
        "toxicity": 1.0,
        "attributes": dict(toxic.attributes),
    }


def _enabled(proxy: str, value: bool) -> Request:
    return Request("PATCH", f"/proxies/{proxy}", _body({"enabled": value}))


def _body(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
