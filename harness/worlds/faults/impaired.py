"""The kernel's counters of the hub's connections -> what impaired links let through, and how. Pure.

Which connections a link's bytes are on: of those that its destination opened, the leg back to it is the
proxy's beyond doubt. The legs to a destination look the same whatever their source, so they count where every
proxy to that place is impaired alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from harness.model.errors import WorldError
from harness.model.fault import Cut, Fault, Impair, Link, Pause, Slow
from harness.model.impairment import Bandwidth, Slicing
from harness.reach import silenced
from harness.worlds.faults.answers import Connection, Sockets
from harness.worlds.faults.streams import Look
from harness.worlds.links.proxy import Proxy
from harness.worlds.links.wanted import lost_pairs, refuses

# Toxiproxy lets 100 ms' worth go at once, and what went before the window may arrive in it.
_AHEAD_S = 0.3
# What it has read before it knows of a limit goes as one piece.
_CHUNK_BYTES = 64 * 1024


class Grown(Struct, frozen=True):
    """Of one connection, in the window."""

    written: int
    segments: int


def throttled(
    by: Bandwidth, links: Collection[Link], proxies: Sequence[Proxy], look: Look, window_s: float
) -> str:
    """A line for people. Raises WorldError when a connection got more than the rate allows."""
    grown = _grown(links, proxies, look)
    most = max((one.written for one in grown), default=0)
    allowed = by.rate_kb_per_s * 1000 * (window_s + _AHEAD_S) + _CHUNK_BYTES
    if most > allowed:
        raise WorldError(
            f"{most} bytes got through one connection in {window_s * 1000:.0f} ms, where "
            f"{by.rate_kb_per_s}KB/s allow {allowed:.0f} at most"
        )
    rate = most / window_s / 1000 if window_s else 0.0
    return (
        f"in {window_s * 1000:.0f} ms {rate:.1f}KB/s at most got through one of {len(grown)} connections; "
        f"{by.rate_kb_per_s}KB/s may"
    )


def sliced(
    by: Slicing, links: Collection[Link], proxies: Sequence[Proxy], look: Look, window_s: float
) -> str:
    """A line for people: in how many segments how much left. The kernel may join pieces that wait."""
    grown = _grown(links, proxies, look)
    written, segments = sum(one.written for one in grown), sum(one.segments for one in grown)
    of = f", {written / segments:.0f} in each" if segments else ""
    return (
        f"in {window_s * 1000:.0f} ms {written} bytes left in {segments} segments{of} on {len(grown)} "
        f"connections, in pieces of {by.piece_bytes}"
    )


def shows(proxy: Proxy, in_force: Collection[Fault]) -> bool:
    """Whether a probe through this proxy would meet this fault alone, and no other one first."""
    pair = frozenset((proxy.source, proxy.destination))
    if pair in lost_pairs(in_force) or any(refuses(fault, proxy) for fault in in_force):
        return False
    ways = {Link(proxy.source, proxy.destination), Link(proxy.destination, proxy.source)}
    for fault in in_force:
        if isinstance(fault, Cut | Slow) and ways & {*fault.links}:
            return False
        if silenced(fault) in pair and not isinstance(fault, Pause):
            return False
    return True


def late_links(fault: Fault) -> tuple[Link, ...]:
    """Links on which bytes may be under way for long, so that what arrives was not sent just now."""
    match fault:
        case Slow(links=links) | Impair(links=links, by=Bandwidth() | Slicing()):
            return links
        case _:
            return ()


def _grown(links: Collection[Link], proxies: Sequence[Proxy], look: Look) -> list[Grown]:
    before = {(leg.local, leg.remote): leg for leg in look.begin.connections}
    return [
        Grown(leg.written - old.written, leg.segments - old.segments)
        for leg in _legs(links, proxies, look.end)
        if (old := before.get((leg.local, leg.remote))) is not None
    ]


def _legs(links: Collection[Link], proxies: Sequence[Proxy], sockets: Sockets) -> Iterator[Connection]:
    back = {proxy.listen for proxy in proxies if Link(proxy.destination, proxy.source) in links}
    forth = {proxy.upstream for proxy in proxies if Link(proxy.source, proxy.destination) in links}
    forth -= {proxy.upstream for proxy in proxies if Link(proxy.source, proxy.destination) not in links}
    return (leg for leg in sockets.connections if leg.local in back or leg.remote in forth)
