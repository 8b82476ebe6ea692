"""The kernel's counters of the hub's connections -> which streams are full, and what passed a cut. Pure.

A connection through a proxy has two legs at the hub. The one from the source is the proxy's beyond doubt (its
local address is where the proxy listens). The other, to the destination, looks the same whatever its source,
so what the uncut sources sent in is subtracted there, and only the excess is held against the cut.

Through is what Toxiproxy wrote, not what the peer has confirmed: a kernel may confirm 40 ms late. A look is
no instant, so what uncut sources sent is looked at from before to after the time in which it may arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec import Struct

from harness.model.fault import Link
from harness.worlds.faults.answers import Connection, Sockets
from harness.worlds.links.proxy import Proxy

# Bytes by the two addresses of a connection.
Counts = dict[tuple[str, str], int]


class Links(Struct, frozen=True, kw_only=True):
    """cut: those in question. silenced, slowed: all that are dropped or stalled, or slow, by any fault."""

    cut: Collection[Link]
    silenced: Collection[Link]
    slowed: Collection[Link]


class Look(Struct, frozen=True):
    """Four looks at the sockets: just after a cut, at both ends of the window, and right after it."""

    first: Sockets
    begin: Sockets
    end: Sockets
    last: Sockets


class Passed(Struct, frozen=True, kw_only=True):
    """Of cut links, in the window: connections that were open, bytes that came in, bytes that got through."""

    connections: int
    offered: int
    through: int


def crowded(proxies: Iterable[Proxy], sockets: Sockets) -> frozenset[str]:
    """The proxies where bytes wait on both sides: for a moment only where the readers are just busy."""
    return frozenset(proxy.name for proxy in proxies if any(_waiting(proxy, sockets)))


def full(proxies: Iterable[Proxy], earlier: Sockets, later: Sockets) -> frozenset[str]:
    """The proxies with a blocked stream: in the time between nothing was taken of what waits for a reader.

    Toxiproxy sits in a write there, which no change of toxics can interrupt.
    """
    return frozenset(
        proxy.name
        for proxy in proxies
        if set(_waiting(proxy, earlier).items()) & set(_waiting(proxy, later).items())
    )


def passed(links: Links, proxies: Sequence[Proxy], look: Look) -> Passed:
    """What of the links in question got through."""
    cut = links.cut
    from_source = [proxy for proxy in proxies if Link(proxy.source, proxy.destination) in cut]
    to_source = [proxy for proxy in proxies if Link(proxy.destination, proxy.source) in cut]
    upstreams = {proxy.upstream for proxy in from_source}
    return Passed(
        connections=sum(1 for proxy in {*from_source, *to_source} for _ in _near(proxy, look.last)),
        offered=sum(_offered(proxy, look) for proxy in from_source),
        through=sum(_went_back(proxy, look) for proxy in to_source)
        + sum(_excess(upstream, links, proxies, look) for upstream in upstreams),
    )


def _waiting(proxy: Proxy, sockets: Sockets) -> Counts:
    """What was taken so far by each leg with bytes to send, where the leg across has bytes to be read."""
    near, far = tuple(_near(proxy, sockets)), tuple(_far(proxy.upstream, sockets))
    forth = far if any(leg.unread for leg in near) else ()
    back = near if any(leg.unread for leg in far) else ()
    return {(leg.local, leg.remote): leg.acked for leg in (*forth, *back) if leg.unsent}


def _excess(upstream: str, links: Links, proxies: Sequence[Proxy], look: Look) -> int:
    """Bytes that were written for the destination and that no uncut source can have sent.

    What those sent is counted from before the window on: it may be under way. From a slowed source it is so
    for too long to tell, and nothing is held against the cut there.
    """
    to_there = [proxy for proxy in proxies if proxy.upstream == upstream]
    uncut = [proxy for proxy in to_there if Link(proxy.source, proxy.destination) not in links.silenced]
    if any(Link(proxy.source, proxy.destination) in links.slowed for proxy in uncut):
        return 0
    written = _grown(_written(_far(upstream, look.begin)), _written(_far(upstream, look.end)))
    return max(0, written - sum(_can_have_come(proxy, look) for proxy in uncut))


def _can_have_come(proxy: Proxy, look: Look) -> int:
    """What Toxiproxy can have taken from the source since the first look: what waited for it then included.

    Of a connection that ends, what was last seen of it.
    """
    taken = {(leg.local, leg.remote): leg.received - leg.unread for leg in _near(proxy, look.first)}
    most: Counts = {}
    for sockets in (look.first, look.begin, look.end, look.last):
        ending = [leg for leg in sockets.ending if leg.local == proxy.listen]
        most |= {(leg.local, leg.remote): leg.received for leg in (*_near(proxy, sockets), *ending)}
    return _grown(taken, most)


def _offered(proxy: Proxy, look: Look) -> int:
    before, after = (
        {(leg.local, leg.remote): leg.received for leg in _near(proxy, sockets)}
        for sockets in (look.first, look.last)
    )
    return _grown(before, after)


def _went_back(proxy: Proxy, look: Look) -> int:
    return _grown(_written(_near(proxy, look.begin)), _written(_near(proxy, look.end)))


def _near(proxy: Proxy, sockets: Sockets) -> Iterator[Connection]:
    return (leg for leg in sockets.connections if leg.local == proxy.listen)


def _far(upstream: str, sockets: Sockets) -> Iterator[Connection]:
    return (leg for leg in sockets.connections if leg.remote == upstream)


def _written(legs: Iterable[Connection]) -> Counts:
    return {(leg.local, leg.remote): leg.written for leg in legs}


def _grown(before: Counts, after: Counts) -> int:
    return sum(max(0, count - before.get(leg, 0)) for leg, count in after.items())
