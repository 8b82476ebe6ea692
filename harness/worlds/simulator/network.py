"""Connections: first in, first out, each message with a delay of its own. Cuts and delays act on ways.

refuse  what is open is closed, what is dialled is refused
drop    messages vanish, closing passes; what has lost something is reset at healing, as Toxiproxy does
stall   messages are held and delivered at healing
loss    packets vanish below TCP: they are sent again later and later, and so is what dials
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct

from harness.model.fault import CutMode
from harness.seams import Ear, Wire
from harness.worlds.simulator.timeline import Timeline

# (source, destination).
Way = tuple[str, str]

_DELAY_S = (0.0001, 0.0003)
# TCP's first time-outs of data and of SYN; each doubles.
_RESEND_S = 0.2
_SYN_AGAIN_S = 1.0
_SYN_TRIES_MAX = 6
_FIN = object()

_State = Literal["dialling", "open", "closed"]


class Owner(Protocol):
    """The process that an end belongs to."""

    host: str
    wires: dict[End, None]
    paused: bool
    alive: bool

    def run(self, act: Callable[..., None], values: tuple[Any, ...]) -> None: ...


class Listener(Struct, frozen=True):
    owner: Owner
    accept: Callable[[Wire], Ear]


class Slowness(Struct, frozen=True):
    delay_s: float
    jitter_s: float


class End:
    """Offers harness.seams.Wire. held: what waits on its way from here."""

    def __init__(self, network: Network, owner: Owner, peer: str, ear: Ear | None) -> None:
        self._network, self.owner, self.ear = network, owner, ear
        self.way: Way = (owner.host, peer)
        self.other: End | None = None
        self.state: _State = "dialling"
        self.due_s, self.held_since_s = 0.0, 0.0
        self.held: list[object] = []
        self.held_by: CutMode = "stall"
        owner.wires[self] = None

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    def send(self, message: object) -> None:
        if self.state == "open":
            self._network.push(self, message)

    def close(self) -> None:
        if self.state == "closed":
            return
        self.shut()
        if self.other is not None:
            self._network.push(self, _FIN)

    def shut(self) -> None:
        self.state = "closed"
        self.owner.wires.pop(self, None)


class Network:
    """All connections of a run. Delays are drawn from the timeline's chance."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.listeners: dict[tuple[str, int], Listener] = {}
        self._cuts: dict[Way, CutMode] = {}
        self._slow: dict[Way, list[Slowness]] = {}
        # Ends with something held or lost on their way, in the order in which that began.
        self._holding: dict[End, None] = {}
        self._damaged: dict[End, None] = {}
        # Messages that cuts have held or lost so far, by way: what shows that they bite.
        self.kept_back: Counter[Way] = Counter()

    def dial(self, owner: Owner, host: str, port: int, ear: Ear) -> End:
        end = End(self, owner, host, ear)
        self._timeline.later(self._delay_s(end.way), self._syn, end, port, 0)
        return end

    def push(self, sender: End, message: object) -> None:
        timeline = self._timeline
        sender.due_s = max(sender.due_s, timeline.now_s + self._delay_s(sender.way))
        timeline.at(sender.due_s, self._arrive, sender, message)

    def left(self, owner: Owner) -> None:
        """A process has ended: its ports are free, its connections closed."""
        for place in [place for place, listener in self.listeners.items() if listener.owner is owner]:
            del self.listeners[place]
        for end in [*owner.wires]:
            end.close()

    def fault(
        self, cuts: Mapping[Way, CutMode], slow: Mapping[Way, list[Slowness]], ends: Iterable[End]
    ) -> int:
        """Cuts and delays from now on. ends: all there are. Returns how many connections were closed."""
        self._cuts, self._slow = {**cuts}, {**slow}
        broken = [end for end in ends if self._cuts.get(end.way) == "refuse"]
        broken += [end for end in self._damaged if self._cuts.get(end.way) != "drop"]
        for end in broken:
            self._damaged.pop(end, None)
            self._reset(end)
        for end in [end for end in self._holding if end.way not in self._cuts]:
            self._timeline.later(self._resumes_s(end), self._release, end)
        return len(broken)

    # --- dialling -----------------------------------------------------------------------------------

    def _syn(self, end: End, port: int, tries: int) -> None:
        if end.state == "closed":
            return
        back = (end.way[1], end.way[0])
        modes = (self._cuts.get(end.way), self._cuts.get(back))
        if "loss" in modes:
            if tries < _SYN_TRIES_MAX:
                self._timeline.later(_SYN_AGAIN_S * 2**tries, self._syn, end, port, tries + 1)
            return
        listener = self.listeners.get((end.way[1], port))
        if listener is None or "refuse" in modes:
            self._timeline.later(self._delay_s(back), self._hand, end, _FIN)
            return
        self._accept(end, listener)

    def _accept(self, end: End, listener: Listener) -> None:
        """The host accepts, whether its process runs just now or not."""
        other = End(self, listener.owner, end.way[0], None)
        other.state, other.other, end.other = "open", end, other
        # Nothing that the other end says overtakes the news that the connection is there.
        other.due_s = self._timeline.now_s + self._delay_s(other.way)
        self._timeline.at(other.due_s, end.owner.run, _made, (end,))
        listener.owner.run(_accepted, (other, listener.accept))

    # --- messages -----------------------------------------------------------------------------------

    def _delay_s(self, way: Way) -> float:
        draw = self._timeline.draw
        delay_s = draw.uniform(*_DELAY_S)
        if self._slow:
            for slow in self._slow.get(way, ()):
                delay_s += max(0.0, draw.uniform(slow.delay_s - slow.jitter_s, slow.delay_s + slow.jitter_s))
        return delay_s

    def _arrive(self, sender: End, message: object) -> None:
        if (self._cuts or sender.held) and self._kept(sender, message):
            return
        if sender.other is not None:
            self._hand(sender.other, message)

    def _kept(self, sender: End, message: object) -> bool:
        how = self._cuts.get(sender.way)
        if how is None and not sender.held:
            return False
        if how == "drop" and not sender.held:
            if message is not _FIN:
                self._damaged[sender] = None
                self.kept_back[sender.way] += 1
            return message is not _FIN
        if not sender.held:
            sender.held_since_s = self._timeline.now_s
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
                self._timeline.later(0.0, self._hand, side, _FIN)

    def _resumes_s(self, end: End) -> float:
        """Held by a proxy: at once. Lost below TCP: when its next time-out is over."""
        resend_s, now_s = _RESEND_S, self._timeline.now_s
        if end.held_by != "loss":
            return 0.0
        at_s = end.held_since_s + resend_s
        while at_s <= now_s:
            resend_s *= 2
            at_s += resend_s
        return at_s - now_s

    def _release(self, sender: End) -> None:
        if sender.way in self._cuts or sender not in self._holding:
            return
        del self._holding[sender]
        held, sender.held = sender.held, []
        for message in held:
            if sender.other is not None:
                self._hand(sender.other, message)


def _accepted(end: End, accept: Callable[[Wire], Ear]) -> None:
    end.ear = accept(end)


def _made(end: End) -> None:
    if end.state == "dialling" and end.ear is not None:
        end.state = "open"
        end.ear.made(end)


def _take(end: End, message: object) -> None:
    if end.state == "closed" or end.ear is None:
        return
    if message is _FIN:
        end.shut()
        end.ear.lost(end)
    else:
        end.ear.received(end, message)
