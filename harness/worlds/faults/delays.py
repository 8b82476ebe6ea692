"""Counters that were followed -> how long bytes of slow links stayed in the hub. Pure.

A connection through a proxy has two legs at the hub, and nothing says which belong together. Those do whose
counts can be of one conversation, both ways and all the time, where no other leg's can; the rest is left out.
Legs that lead to the same place by a link that is not slow are told first: what comes there leaves at once.
A byte came or left between the look before it was counted and the look that counted it: so each delay is an
interval, and only one whose upper end is too short proves that the link is not slow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from harness.model.fault import Fault, Link, Slow
from harness.worlds.faults.answers import Followed
from harness.worlds.links.proxy import Proxy

# In a look or two a byte passes a link that is not slow, unless nobody schedules Toxiproxy.
_AT_ONCE_LOOKS = 8
# Of a connection: at which look its counters grew to what.
Steps = Sequence[tuple[int, int]]


class Leg(Struct, frozen=True):
    """received, written: steps in the order of looks, the first one as the watch began."""

    received: Steps
    written: Steps


class Delay(Struct, frozen=True, order=True):
    """Of the last byte of one piece. least_s: what the faults in force ask for."""

    low_s: float
    high_s: float
    least_s: float


def delays(
    links: Collection[Link], proxies: Sequence[Proxy], in_force: Collection[Fault], followed: Followed
) -> list[Delay]:
    """Of every piece that came and left on these links while it was watched.

    proxies: all that lead to where some of these links do.
    """
    legs = _legs(followed)
    prompt = [proxy for proxy in proxies if not any(least_s(way, in_force) for way in _ways(proxy))]
    found: list[Delay] = []
    for proxy in proxies:
        forth, back = _ways(proxy)
        if forth in links or back in links:
            for near, far in _pairs(proxy, prompt, legs):
                if forth in links:
                    found += _of(near.received, far.written, least_s(forth, in_force), followed)
                if back in links:
                    found += _of(far.received, near.written, least_s(back, in_force), followed)
    return found


def told(found: Sequence[Delay], window_s: float) -> str:
    """A line for people. Raises ValueError when a piece was proven to be too fast."""
    if not found:
        return f"in {window_s * 1000:.0f} ms no byte came and left by which the delay could be measured"
    fast = [one for one in found if one.high_s < one.least_s]
    if fast:
        high_ms, least_ms = fast[0].high_s * 1000, fast[0].least_s * 1000
        raise ValueError(
            f"{len(fast)} of {len(found)} pieces stayed too short, one of them {high_ms:.1f} ms at most, "
            f"where it should be {least_ms:g} ms or more"
        )
    low_ms = min(one.low_s for one in found) * 1000
    high_ms = max(one.high_s for one in found) * 1000
    window = f"in {window_s * 1000:.0f} ms"
    return f"{window} {len(found)} pieces came and left {low_ms:.1f} to {high_ms:.1f} ms later"


def least_s(link: Link, in_force: Collection[Fault]) -> float:
    """How long a byte of this link is held back at the least; delays of several faults add up."""
    return sum(f.delay_s - f.jitter_s for f in in_force if isinstance(f, Slow) and link in f.links)


def most_s(links: Collection[Link], in_force: Collection[Fault]) -> float:
    """At the most, on the slowest of them."""
    slow = [fault for fault in in_force if isinstance(fault, Slow)]
    return max((sum(f.delay_s + f.jitter_s for f in slow if link in f.links) for link in links), default=0.0)


def _ways(proxy: Proxy) -> tuple[Link, Link]:
    return Link(proxy.source, proxy.destination), Link(proxy.destination, proxy.source)


def _legs(followed: Followed) -> Mapping[tuple[str, str], Leg]:
    """Those that were there from the first look on."""
    index = {before_s: at for at, (before_s, _) in enumerate(followed.looks)}
    received: dict[tuple[str, str], list[tuple[int, int]]] = {}
    written: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in followed.rows:
        at, leg = index[row.before_s], (row.local, row.remote)
        for steps, count in ((received, row.received), (written, row.written)):
            mine = steps.setdefault(leg, [])
            if not mine or mine[-1][1] != count:
                mine.append((at, count))
    return {leg: Leg(received[leg], written[leg]) for leg in received if received[leg][0][0] == 0}


def _pairs(
    proxy: Proxy, prompt: Collection[Proxy], legs: Mapping[tuple[str, str], Leg]
) -> Iterator[tuple[Leg, Leg]]:
    near = [leg for (local, _), leg in legs.items() if local == proxy.listen]
    others = {other.listen for other in prompt if other.upstream == proxy.upstream}
    at_once = [leg for (local, _), leg in legs.items() if local in others]
    far = [
        leg
        for (_, remote), leg in legs.items()
        if remote == proxy.upstream and not any(_fit(other, leg, within=_AT_ONCE_LOOKS) for other in at_once)
    ]
    for one in near:
        fits = [other for other in far if _fit(one, other)]
        if len(fits) == 1 and sum(_fit(any_near, fits[0]) for any_near in near) == 1:
            yield one, fits[0]


def _fit(near: Leg, far: Leg, *, within: int | None = None) -> bool:
    """within: how many looks later than it came a byte has left, at the most."""
    ways = ((near.received, far.written), (far.received, near.written))
    return all(_passes(come, left, within) for come, left in ways)


def _passes(come: Steps, left: Steps, within: int | None) -> bool:
    """The watch is longer than any delay: what had come when it began has left when it ends."""
    if not come[0][1] <= left[-1][1] <= come[-1][1]:
        return False
    if within is not None and any(count > _at(left, look + within) for look, count in come):
        return False
    # One look is no instant: what it missed at one leg it may have seen at the other.
    return all(count <= _at(come, look + 1) for look, count in left)


def _at(steps: Steps, look: int) -> int:
    """The count as of that look."""
    place = bisect_left(steps, (look + 1, 0)) - 1
    return steps[max(place, 0)][1]


def _of(come: Steps, left: Steps, least: float, followed: Followed) -> Iterator[Delay]:
    counts = [count for _, count in come]
    looks = followed.looks
    for look, count in left[1:]:
        if count <= counts[0]:
            continue  # it was there before anybody looked
        at = come[bisect_left(counts, count)][0] if count <= counts[-1] else look
        came_from_s, came_to_s = looks[max(at - 1, 0)][0], looks[at][1]
        left_from_s, left_to_s = looks[look - 1][0], looks[look][1]
        yield Delay(max(0.0, left_from_s - came_to_s), left_to_s - came_from_s, least)
