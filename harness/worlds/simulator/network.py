"""Connections: first in, first out, each message with a delay of its own (see ways for what hinders it)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from harness.model.fault import CutMode
from harness.seams import Ear, Wire
from harness.worlds.simulator.timeline import Timeline
from harness.worlds.simulator.ways import LEAST_S, RESEND_S, SPREAD_S, SYN_AGAIN_S, Hindrance, Way, Ways

_SYN_TRIES_MAX = 6
_FIN = object()

_State = Literal["dialling", "open", "closed"]


class Owner(Protocol):
    """The process that an end belongs to."""

    host: str
    wires: dict[End, None]
    paused: bool

    def run(self, act: Callable[..., None], values: tuple[Any, ...]) -> None: ...


class Listener(Struct, frozen=True):
    owner: Owner
    accept: Callable[[Wire], Ear]


class End:
    """Offers harness.seams.Wire. held: what waits on its way from here.

    hears: takes what arrives at once, while it is open and nothing is forwarded.
    due_s: when the last message that was sent from here arrives; apart_s: the same of the last one that did
    not go through the process behind it at once, see `send`.
    """

    def __init__(self, network: Network, owner: Owner, peer: str, ear: Ear | None) -> None:
        self._network, self._timeline, self._ways = network, network.timeline, network.ways
        self.owner, self.ear = owner, ear
        self.hears: Callable[[Wire, Any], None] | None = None
        self.way: Way = (owner.host, peer)
        self.other: End | None = None
        self.onward: End | None = None
        self.state: _State = "dialling"
        self.due_s = self.apart_s = self.held_since_s = 0.0
        self.held: list[object] = []
        self.held_by: CutMode = "stall"
        owner.wires[self] = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_clear(self) -> bool:
        other, troubled = self.other, self._ways.troubled
        return (
            other is not None
            and self.state == other.state == "open"
            and not (other.owner.paused or self.held or other.held)
            and not (troubled and (self.way in troubled or other.way in troubled))
        )

    def open(self) -> None:
        self.state = "open"
        self._listen()

    def hear(self, ear: Ear) -> None:
        self.ear = ear
        self._listen()

    def send(self, message: object) -> None:
        """What a process only forwards passes it without an act of its own, while nothing is in the way."""
        if self.state != "open" and message is not _FIN:
            return
        timeline, ways, other = self._timeline, self._ways, self.other
        delay_s = ways.delay_s(self.way) if ways.troubled else LEAST_S + SPREAD_S * ways.random()
        due_s = timeline.now_s + delay_s
        if due_s < self.due_s:
            due_s = self.due_s
        self.due_s = due_s
        if other is not None and other.onward is not None:
            onward = other.onward
            if message is not _FIN and self._passes(other, onward):
                due_s += LEAST_S + SPREAD_S * ways.random()
                if due_s > onward.due_s:
                    onward.due_s = due_s
                timeline.at(onward.due_s, self._network.arrive, onward, message)
                return
            self.apart_s = due_s
        timeline.at(due_s, self._network.arrive, self, message)

    def _passes(self, between: End, onward: End) -> bool:
        """Nothing holds up what is forwarded, and nothing before it is still on its way to be forwarded."""
        troubled = self._ways.troubled
        return (
            between.state == "open"
            and onward.state == "open"
            and not between.owner.paused
            and self.apart_s < self._timeline.now_s
            and not self.held
            and not onward.held
            and (not troubled or (self.way not in troubled and onward.way not in troubled))
        )

    def forward(self, to: Wire) -> None:
        assert isinstance(to, End)
        self.onward = to
        self._listen()

    def close(self) -> None:
        if self.state == "closed":
            return
        self.shut()
        # Of two that close at the same time neither hears it of the other.
        if self.other is not None and self.other.state != "closed":
            self.send(_FIN)

    def shut(self) -> None:
        self.state, self.hears = "closed", None
        self.owner.wires.pop(self, None)

    def _listen(self) -> None:
        if self.state == "open" and self.onward is None and self.ear is not None:
            self.hears = self.ear.received
        else:
            self.hears = None


class Network:
    """All connections of a run. Delays are drawn from the timeline's chance."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.ways = Ways(timeline.draw)
        self.listeners: dict[tuple[str, int], Listener] = {}
        # Ends with something held or lost on their way, in the order in which that began.
        self._holding: dict[End, None] = {}
        self._damaged: dict[End, None] = {}
        # Messages that cuts have held or lost so far, by way: what shows that they bite.
        self.kept_back: Counter[Way] = Counter()

    def dial(self, owner: Owner, host: str, port: int, ear: Ear) -> End:
        end = End(self, owner, host, ear)
        self.timeline.later(self.ways.dial_delay_s(end.way), self._syn, end, port, 0)
        return end

    def left(self, owner: Owner) -> None:
        """A process has ended: its ports are free, its connections closed."""
        for place in [place for place, listener in self.listeners.items() if listener.owner is owner]:
            del self.listeners[place]
        for end in [*owner.wires]:
            end.close()

    def fault(
        self,
        cuts: Mapping[Way, CutMode],
        hindered: Mapping[Way, Sequence[Hindrance]],
        ends: Iterable[End],
    ) -> int:
        """What is in force from now on. ends: all there are. Returns how many connections were closed."""
        self.ways.put(cuts, hindered)
        broken = [end for end in ends if cuts.get(end.way) == "refuse"]
        broken += [end for end in self._damaged if cuts.get(end.way) != "drop"]
        for end in broken:
            self._damaged.pop(end, None)
            self._reset(end)
        for end in [end for end in self._holding if end.way not in cuts]:
            self.timeline.later(self._resumes_s(end), self._release, end)
        return len(broken)

    # --- dialling -----------------------------------------------------------------------------------

    def _syn(self, end: End, port: int, tries: int) -> None:
        if end.state == "closed":
            return
        ways, back = self.ways, (end.way[1], end.way[0])
        if ways.troubled and (ways.loses(end.way) or ways.loses(back)):
            if tries < _SYN_TRIES_MAX:
                self.timeline.later(SYN_AGAIN_S * 2**tries, self._syn, end, port, tries + 1)
            return
        listener = self.listeners.get((end.way[1], port))
        if listener is None or "refuse" in (ways.cuts.get(end.way), ways.cuts.get(back)):
            self.timeline.later(ways.dial_delay_s(back), self._hand, end, _FIN)
            return
        self._accept(end, listener)

    def _accept(self, end: End, listener: Listener) -> None:
        """The host accepts, whether its process runs just now or not."""
        other = End(self, listener.owner, end.way[0], None)
        other.other, end.other = end, other
        other.open()
        # Nothing that the other end says overtakes the news that the connection is there.
        other.due_s = self.timeline.now_s + self.ways.dial_delay_s(other.way)
        self.timeline.at(other.due_s, end.owner.run, _made, (end,))
        listener.owner.run(_accepted, (other, listener.accept))

    # --- messages -----------------------------------------------------------------------------------

    def arrive(self, sender: End, message: object) -> None:
        if (self.ways.cuts or sender.held) and self._kept(sender, message):
            return
        end = sender.other
        if end is None:
            return
        if end.owner.paused:
            end.owner.run(_take, (end, message))
        elif end.hears is not None and message is not _FIN:
            end.hears(end, message)
        else:
            _take(end, message)

    def _kept(self, sender: End, message: object) -> bool:
        how = self.ways.cuts.get(sender.way)
        if how is None and not sender.held:
            return False
        if how == "drop" and not sender.held:
            if message is not _FIN:
                self._damaged[sender] = None
                self.kept_back[sender.way] += 1
            return message is not _FIN
        if not sender.held:
            sender.held_since_s = self.timeline.now_s
        sender.held_by = how or sender.held_by
        sender.held.append(message)
        self._holding[sender] = None
        self.kept_back[sender.way] += 1
        return True

    def _hand(self, end: End, message: object) -> None:
        end.owner.run(_take, (end, message))

    def _reset(self, end: End) -> None:
        """Both ends hear of it; a moment later, as nothing is re-entered."""
        for side in (end, end.other):
            if side is not None:
                self.timeline.later(0.0, self._hand, side, _FIN)

    def _resumes_s(self, end: End) -> float:
        """Held by a proxy: at once. Lost below TCP: when its next time-out is over."""
        resend_s, now_s = RESEND_S, self.timeline.now_s
        if end.held_by != "loss":
            return 0.0
        at_s = end.held_since_s + resend_s
        while at_s <= now_s:
            resend_s *= 2
            at_s += resend_s
        return at_s - now_s

    def _release(self, sender: End) -> None:
        if sender.way in self.ways.cuts or sender not in self._holding:
            return
        del self._holding[sender]
        held, sender.held = sender.held, []
        for message in held:
            if sender.other is not None:
                self._hand(sender.other, message)


def _accepted(end: End, accept: Callable[[Wire], Ear]) -> None:
    end.hear(accept(end))


def _made(end: End) -> None:
    if end.state == "dialling" and end.ear is not None:
        end.open()
        end.ear.made(end)


def _take(end: End, message: object) -> None:
    if end.state == "closed" or end.ear is None:
        return
    if message is _FIN:
        end.shut()
        end.ear.lost(end)
    elif end.onward is not None:
        end.onward.send(message)
    else:
        end.ear.received(end, message)
