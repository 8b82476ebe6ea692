"""Where in the benchmarking range a run may lie. Pure; whoever asks the engine may still be late."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

# The lower half of 198.18.0.0/15; an engine that set-up started keeps its own networks in the upper half.
RANGE = IPv4Network("198.18.0.0/16")
_SLOTS = 256


def free_blocks(taken: Iterable[str], *, networks: int) -> tuple[IPv4Address, ...]:
    """Every address where `networks` free /24 lie in a row; taken: IPv4 networks, anything else is ignored.

    Blocks begin at multiples of their own size where that leaves any: runs of one size, side by side, then
    fill the range without gaps.
    """
    busy = {slot for text in taken for slot in _slots(text)}
    starts = [slot for slot in range(_SLOTS - networks + 1) if busy.isdisjoint(range(slot, slot + networks))]
    aligned = [slot for slot in starts if slot % networks == 0]
    return tuple(RANGE.network_address + 256 * slot for slot in aligned or starts)


def _slots(text: str) -> range:
    """The /24 of the range that a network overlaps, by their number."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        return range(0)
    if not network.overlaps(RANGE):
        return range(0)
    first, last = int(network.network_address), int(network.broadcast_address)
    base = int(RANGE.network_address)
    return range(max(0, (first - base) >> 8), min(_SLOTS, ((last - base) >> 8) + 1))
