"""What is in the way between two hosts: cuts, delays, losses. Knows no connection.

refuse  what is open is closed, what is dialled is refused
drop    messages vanish, closing passes; what has lost something is reset at healing, as Toxiproxy does
stall   messages are held and delivered at healing
loss    packets vanish below TCP: they are sent again later and later, and so is what dials

A part of the packets lost shows as delays alone: TCP sends each again, and keeps the order behind it. For the
same reason a doubled packet does not show at all, and packets that overtake each other do so only across
connections.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Protocol

from msgspec import Struct

from harness.model.fault import CutMode

# (source, destination).
Way = tuple[str, str]

# What a message takes on its way: so much, and up to so much more.
LEAST_S, SPREAD_S = 0.0001, 0.0002
# TCP's first time-outs of data and of SYN; each doubles.
RESEND_S = 0.2
SYN_AGAIN_S = 1.0
# Beyond this it would give up, after a quarter of an hour.
_RESENDS_MAX = 15


class Hindrance(Protocol):
    """loses: the chance of each packet to be lost."""

    @property
    def loses(self) -> float: ...

    def delay_s(self, draw: Random) -> float: ...


class Slowness(Struct, frozen=True):
    """give_s: how much more or less than delay_s a message takes, evenly drawn."""

    wait_s: float
    give_s: float

    @property
    def loses(self) -> float:
        return 0.0

    def delay_s(self, draw: Random) -> float:
        return max(0.0, draw.uniform(self.wait_s - self.give_s, self.wait_s + self.give_s))


class Lossiness(Struct, frozen=True):
    loses: float

    def delay_s(self, draw: Random) -> float:
        return 0.0


class Ways:
    """What is in force on each way just now. random: while nothing is, a delay is drawn without a call."""

    def __init__(self, draw: Random) -> None:
        self._draw, self.random = draw, draw.random
        self.cuts: Mapping[Way, CutMode] = {}
        self._hindered: Mapping[Way, Sequence[Hindrance]] = {}
        # Where a message does not simply take a moment.
        self.troubled: Collection[Way] = frozenset()

    def put(self, cuts: Mapping[Way, CutMode], hindered: Mapping[Way, Sequence[Hindrance]]) -> None:
        self.cuts, self._hindered = {**cuts}, {**hindered}
        self.troubled = frozenset((*self.cuts, *self._hindered))

    def delay_s(self, way: Way) -> float:
        """Of a message of an open connection."""
        delay_s = LEAST_S + SPREAD_S * self.random()
        if self.troubled and way in self.troubled:
            return delay_s + self._slower_s(way) + self._resent_s(way)
        return delay_s

    def dial_delay_s(self, way: Way) -> float:
        delay_s = LEAST_S + SPREAD_S * self.random()
        return delay_s + self._slower_s(way) if way in self._hindered else delay_s

    def loses(self, way: Way) -> bool:
        """Is this one packet lost?"""
        if way not in self.troubled:
            return False
        return self.cuts.get(way) == "loss" or any(
            self._draw.random() < hindrance.loses
            for hindrance in self._hindered.get(way, ())
            if hindrance.loses
        )

    def _slower_s(self, way: Way) -> float:
        return sum(hindrance.delay_s(self._draw) for hindrance in self._hindered.get(way, ()))

    def _resent_s(self, way: Way) -> float:
        """Until it is not lost: what a cut takes is kept by the network, not counted here."""
        late_s, again_s = 0.0, RESEND_S
        for _ in range(_RESENDS_MAX):
            if way in self.cuts or not self.loses(way):
                break
            late_s, again_s = late_s + again_s, again_s * 2
        return late_s
