"""One proxy of the mesh: what a source reaches when it dials a port of a destination. A noun."""

from __future__ import annotations

from msgspec import Struct


class Proxy(Struct, frozen=True, kw_only=True):
    """listen and upstream are `address:port`; the source dials listen, which it takes for the destination."""

    name: str
    source: str
    destination: str
    listen: str
    upstream: str
