"""Faults in force -> how every proxy has to stand, and which pairs lose packets. Pure.

Injecting and healing are the same act: what is wanted is computed anew from all faults in force, and the
difference is applied. So faults may overlap, end in any order, and nothing of them is left behind.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from harness.model.errors import WorldError
from harness.model.fault import (
    Clock,
    Crash,
    Cut,
    Disk,
    Fault,
    Impair,
    Kill,
    Link,
    Lose,
    Pause,
    PowerOff,
    Slow,
    Stop,
    Strain,
    Switch,
)
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from harness.worlds.links.proxy import Proxy

Stream = Literal["upstream", "downstream"]
Pair = frozenset[str]

# Toxiproxy checks nothing: a negative rate panics it. An hour is more than any drill lasts.
ATTRIBUTE_MAX = 3_600_000
# What our toxics are made of: rate in KB/s, sizes in bytes, the slicer's delay in µs, other times in ms.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "timeout": ("timeout",),
    "bandwidth": ("rate",),
    "latency": ("jitter", "latency"),
    "slicer": ("average_size", "delay", "size_variation"),
    "reset_peer": ("timeout",),
    "slow_close": ("delay",),
}


class Toxic(Struct, frozen=True, order=True):
    """What is done to one stream of a proxy. attributes: sorted by name."""

    stream: Stream
    kind: str
    attributes: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        return f"{self.kind}_{self.stream}"


class Stand(Struct, frozen=True):
    """How a proxy stands: whether it listens, and its toxics, sorted."""

    enabled: bool = True
    toxics: tuple[Toxic, ...] = ()


# Bytes vanish; bytes are held and delivered when the toxic goes.
DROP = ("timeout", (("timeout", 0),))
STALL = ("bandwidth", (("rate", 0),))


def wanted(proxies: Iterable[Proxy], faults: Iterable[Fault]) -> dict[str, Stand]:
    """Proxy name -> its stand. Raises WorldError for a delay that Toxiproxy cannot keep."""
    in_force = tuple(faults)
    return {proxy.name: _stand(proxy, in_force) for proxy in proxies}


def lost_pairs(faults: Iterable[Fault]) -> frozenset[Pair]:
    """The pairs of hosts between which every packet vanishes, in both directions."""
    return frozenset(
        frozenset((link.source, link.destination))
        for fault in faults
        if isinstance(fault, PowerOff) or (isinstance(fault, Cut) and fault.how == "loss")
        for link in fault.links
    )


def _stand(proxy: Proxy, faults: Sequence[Fault]) -> Stand:
    toxics = {*_toxics("upstream", Link(proxy.source, proxy.destination), faults)}
    toxics |= {*_toxics("downstream", Link(proxy.destination, proxy.source), faults)}
    return Stand(not any(refuses(fault, proxy) for fault in faults), tuple(sorted(toxics)))


def refuses(fault: Fault, proxy: Proxy) -> bool:
    """A dead host would still be accepted for by the hub, so its links go down with it."""
    match fault:
        case Cut(links=links, how="refuse"):
            ends = {proxy.source, proxy.destination}
            return any({link.source, link.destination} == ends for link in links)
        case Kill(host=host, scope="host") | Stop(host=host, scope="host"):
            return host in (proxy.source, proxy.destination)
        case (
            PowerOff()
            | Strain()
            | Kill()
            | Stop()
            | Pause()
            | Crash()
            | Cut()
            | Slow()
            | Lose()
            | Impair()
            | Disk()
            | Clock()
            | Switch()
        ):
            return False


def _toxics(stream: Stream, link: Link, faults: Sequence[Fault]) -> Iterable[Toxic]:
    """The toxics of the stream that carries this link's bytes. Delays of several faults add up."""
    modes = {fault.how for fault in faults if isinstance(fault, Cut) and link in fault.links}
    if "drop" in modes:
        yield Toxic(stream, *DROP)
    impairments = [fault.by for fault in faults if isinstance(fault, Impair) and link in fault.links]
    if "stall" in modes:
        yield Toxic(stream, *STALL)
        impairments = [by for by in impairments if not isinstance(by, Bandwidth)]
    yield from _impairing(stream, impairments)
    slow = [fault for fault in faults if isinstance(fault, Slow) and link in fault.links]
    if slow:
        yield _latency(stream, slow)


def _latency(stream: Stream, slow: Sequence[Slow]) -> Toxic:
    # fsum: the same whatever the order of the faults.
    delay_s, jitter_s = math.fsum(f.delay_s for f in slow), math.fsum(f.jitter_s for f in slow)
    if not (0.001 <= delay_s <= ATTRIBUTE_MAX / 1000 and 0 <= jitter_s <= delay_s):
        raise WorldError(
            f"a link cannot be slowed by {delay_s * 1000:g} ms ± {jitter_s * 1000:g} ms: Toxiproxy delays by "
            "whole milliseconds, so give it 1 ms or more, and a jitter of no more than the delay"
        )
    attributes = (("jitter", round(jitter_s * 1000)), ("latency", round(delay_s * 1000)))
    return checked(Toxic(stream, "latency", attributes))


def _impairing(stream: Stream, impairments: Sequence[Impairment]) -> Iterable[Toxic]:
    """Of several alike the narrowest counts, and what makes late adds up."""
    rates = [by.rate_kb_per_s for by in impairments if isinstance(by, Bandwidth)]
    if rates:
        yield _whole(stream, "bandwidth", rate=min(rates))
    sliced = [by for by in impairments if isinstance(by, Slicing)]
    if sliced:
        apart_us = round(math.fsum(by.delay_s for by in sliced) * 1e6)
        piece_bytes = min(by.piece_bytes for by in sliced)
        yield _whole(stream, "slicer", average_size=piece_bytes, delay=apart_us, size_variation=0)
    late_s = [by.delay_s for by in impairments if isinstance(by, SlowClose)]
    if late_s:
        yield _whole(stream, "slow_close", delay=round(math.fsum(late_s) * 1000))
    if any(isinstance(by, Reset) for by in impairments):
        yield _whole(stream, "reset_peer", timeout=0)


def _whole(stream: Stream, kind: str, **attributes: int) -> Toxic:
    return checked(Toxic(stream, kind, tuple(sorted(attributes.items()))))


def checked(toxic: Toxic) -> Toxic:
    """The same, or WorldError: nothing that Toxiproxy could stumble over is ever sent."""
    names = tuple(name for name, _ in toxic.attributes)
    if names != ATTRIBUTES.get(toxic.kind):
        raise WorldError(f"no toxic {toxic.kind!r} with {', '.join(names) or 'nothing'} is ours")
    for name, value in toxic.attributes:
        if not 0 <= value <= ATTRIBUTE_MAX:
            raise WorldError(f"{toxic.name}: {name} is {value}; it must be from 0 to {ATTRIBUTE_MAX}")
        if name == "average_size" and not value:
            raise WorldError(f"{toxic.name}: pieces of no byte would overflow Toxiproxy's stack")
    return toxic
