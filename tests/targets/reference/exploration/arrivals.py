"""What may still arrive at a host before its next act: what makes it matter whether that act comes first.

Two acts of different hosts commute: each changes its own host, takes from channels into it, adds to channels
out of it. So the order of acts makes a difference only at one host, and a host that has something to do may
do it first, unless a message that nobody has sent yet could arrive before. An `Arrival` is such a message,
seen on a way that was followed, together with what that way takes: if it takes nothing that the act has
sent, it could have been there before the act, and the way must be followed too, from where it begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.targets.reference.exploration.moves import Moves
from tests.targets.reference.exploration.scope import Act, State

# More messages of one channel are never counted.
_BITS = 8
_MOST = (1 << _BITS) - 1


class Arrival(NamedTuple):
    """At `to`, as what it hears next, on `channel`, where nothing is on its way now.

    begins: the first act of the way there. by: the hosts that act on it, a bit each. taken, sent: how many
    messages of each channel they take; how many they send to `to` before each one's last act.
    """

    to: str
    channel: int
    begins: Act
    by: int
    taken: int
    sent: int


class Arrivals:
    def __init__(self, moves: Moves) -> None:
        self._moves = moves
        self._bit = {name: 1 << place for place, name in enumerate(moves.names)}
        # Of each channel: who speaks on it.
        self._speaks = [self._bit.get(source, 0) for source, _ in moves.ends]

    def before(self, state: State, act: Act, after: State, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Those that are known after an act, as they are before it. New are those that it sends itself, and
        what it would have sent, were it not spent: it might not be if it came earlier.
        """
        sent = self._sent(state, act, after)
        taken = self._taken(state, act, after)
        for channel in {*sent, *self._moves.answers(state, act)}:
            if not state.channels[channel]:
                yield Arrival(self._moves.ends[channel][1], channel, act, self._bit[act.host], taken, 0)
        bound = self._bit[act.host] | self._relieved(state, act, after)
        for arrival in arrivals:
            if arrival.to == act.host or state.channels[arrival.channel]:
                continue
            # It goes on at the act's host, or where the act has made room, or with what the act has sent.
            if arrival.by & bound or self._takes(arrival, state, sent):
                arrival = self._with(arrival, act, sent, taken)
            if self._fits(arrival, state):
                yield arrival

    def racing(self, state: State, act: Act, after: State, arrivals: Iterable[Arrival]) -> Iterator[Act]:
        """How the ways begin on which something reaches the act's host before it."""
        sent = self._sent(state, act, after)
        for arrival in arrivals:
            if arrival.to != act.host or state.channels[arrival.channel]:
                continue
            if not self._takes(arrival, state, sent) and self._fits(arrival, state):
                yield arrival.begins

    # --- what an act does to channels -------------------------------------------------------------

    def _sent(self, state: State, act: Act, after: State) -> dict[int, int]:
        """To which channels it has added, and how many."""
        return {
            channel: self._grown(state, after, channel)
            for channel in self._moves.outof[act.host]
            if after.channels[channel] != state.channels[channel]
        }

    def _taken(self, state: State, act: Act, after: State) -> int:
        """Out of each channel: what it has heard or lost, and what is spent by that."""
        taken = 0
        for channel in self._moves.into[act.host]:
            if after.channels[channel] != state.channels[channel]:
                taken -= self._grown(state, after, channel) << _BITS * channel
        return taken

    def _relieved(self, state: State, act: Act, after: State) -> int:
        """The hosts that waited for the act's host to take something, a bit each."""
        relieved = 0
        for channel in self._moves.into[act.host]:
            content = state.channels[channel]
            if content and content != after.channels[channel] and self._moves.is_full(content):
                relieved |= self._speaks[channel]
        return relieved

    def _grown(self, state: State, after: State, channel: int) -> int:
        return self._moves.waiting(after.channels[channel]) - self._moves.waiting(state.channels[channel])

    # --- what a way takes -------------------------------------------------------------------------

    def _takes(self, way: Arrival, state: State, sent: Iterable[int]) -> bool:
        return any(_count(way.taken, n) > self._moves.waiting(state.channels[n]) for n in sent)

    def _with(self, way: Arrival, act: Act, sent: dict[int, int], taken: int) -> Arrival:
        before = way.sent
        if way.by & self._bit[act.host]:
            before += sum(n << _BITS * c for c, n in sent.items() if self._moves.ends[c][1] == way.to)
        return way._replace(begins=act, by=way.by | self._bit[act.host], taken=way.taken + taken, sent=before)

    def _fits(self, way: Arrival, state: State) -> bool:
        """Nobody on it has to wait until the one that it leads to has taken something."""
        for channel in self._moves.into[way.to]:
            speaks = way.by & self._speaks[channel] and channel not in state.held
            if speaks and not self._moves.has_room(state.channels[channel], _count(way.sent, channel)):
                return False
        return True


def _count(packed: int, channel: int) -> int:
    return packed >> _BITS * channel & _MOST
