"""A small mesh, faults of every kind for it, and how Toxiproxy takes requests."""

from __future__ import annotations

import json
from collections.abc import Iterable

from hypothesis import strategies as st

from harness.model.fault import Cut, Impair, Kill, Link, Pause, Slow, Stop
from harness.model.impairment import Bandwidth, Reset, Slicing, SlowClose
from harness.worlds.links.changes import Request, stand_of
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.wanted import Stand, Toxic

HOSTS = ("a", "b", "c")
PORTS = {"a": (1, 2), "b": (1,), "c": ()}
ALL_LINKS = tuple(Link(x, y) for x in HOSTS for y in HOSTS if x != y)


def proxy(source: str, destination: str, port: int = 1) -> Proxy:
    return Proxy(
        name=f"{source}-{destination}-{port}",
        source=source,
        destination=destination,
        listen=f"{source}.to.{destination}:{port}",
        upstream=f"{destination}:{port}",
    )


PROXIES = tuple(
    proxy(link.source, link.destination, p) for link in ALL_LINKS for p in PORTS[link.destination]
)

_links = st.lists(st.sampled_from(ALL_LINKS), min_size=1, unique=True).map(tuple)
_hosts = st.sampled_from(HOSTS)
_scopes = st.sampled_from(("process", "host"))
_delays = st.integers(1, 500).flatmap(
    lambda ms: st.builds(Slow, _links, st.just(ms / 1000), st.integers(0, ms).map(lambda j: j / 1000))
)
_impairments = (
    st.builds(Bandwidth, st.integers(1, 1000))
    | st.builds(Slicing, st.integers(1, 100), st.sampled_from((0.0, 0.001)))
    | st.builds(Reset)
    | st.builds(SlowClose, st.sampled_from((0.001, 1.0)))
)
faults = (
    st.builds(Cut, _links, st.sampled_from(("refuse", "drop", "stall", "loss")))
    | _delays
    | st.builds(Impair, _links, _impairments)
    | st.builds(Kill, _hosts, _scopes)
    | st.builds(Stop, _hosts, _scopes)
    | st.builds(Pause, _hosts, _scopes)
)


def asked(stand: Stand, requests: Iterable[Request]) -> Stand:
    """The stand after the requests. Fails where Toxiproxy would refuse: a toxic twice, or none to change."""
    toxics = {toxic.name: toxic for toxic in stand.toxics}
    enabled = stand.enabled
    for request in requests:
        name = request.path.rpartition("/")[2]
        body = json.loads(request.body or "{}")
        if request.method == "POST":
            toxic = _toxic(body)
            assert body["name"] not in toxics, f"{body['name']} is there already"
            toxics[body["name"]] = toxic
        elif request.method == "DELETE":
            del toxics[name]
        elif request.method == "GET":
            continue
        elif "toxics" in request.path:
            old = toxics[name]
            toxics[name] = Toxic(old.stream, old.kind, tuple(sorted(body["attributes"].items())))
        else:
            enabled = body["enabled"]
    return Stand(enabled, tuple(sorted(toxics.values())))


def _toxic(body: dict[str, object]) -> Toxic:
    return stand_of({"enabled": True, "toxics": [body]}).toxics[0]  # type: ignore[list-item]
