"""What connects the processes of a test's cluster: FIFO within a connection, reordered across them.

A cut that stalls keeps what is on its way until it heals, or until the silence is noticed; one that resets
loses it. A connection that breaks loses what is on its way in both directions. Nothing is ever doubled.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Literal, Protocol

from targets.reference.machines.words.grammar import Received
from targets.reference.machines.words.messages import Message

Way = tuple[str, str]
Cut = Literal["stall", "reset"]

_DELAY_S = (0.0001, 0.0015)
_RECONNECT_S = (0.05, 0.1)
_CONNECT_LIMIT_S = 0.5
# How long until the connecting end takes a silent connection for broken.
_SILENCE_S = (0.45, 0.65)


class End(Protocol):
    """A running process. peers: whom it keeps a connection to."""

    host: str
    alive: bool
    peers: tuple[str, ...]

    def receive(self, event: Received) -> None: ...


class Connection:
    """ends: who connected, and to whom; to: by which name. lost: what is on its way does not arrive."""

    def __init__(self, name: str, ends: tuple[End, End], to: str) -> None:
        self.name, self.ends, self.to = name, ends, to
        self.open, self.lost = True, False
        self.due_s = [0.0, 0.0]
        self.held: tuple[list[Message], list[Message]] = ([], [])

    def way(self, sender: int) -> Way:
        return self.ends[sender].host, self.ends[1 - sender].host


class Network:
    """later(delay_s, act, *values) runs the act in virtual time; listening(host) is the process there."""

    def __init__(
        self,
        draw: random.Random,
        now_s: Callable[[], float],
        later: Callable[..., None],
        listening: Callable[[str], End | None],
    ) -> None:
        self._draw, self._now_s, self._later, self._listening = draw, now_s, later, listening
        self._connections: dict[str, Connection] = {}
        self._links: dict[tuple[int, str], Connection] = {}
        self._made = 0
        self.cuts: dict[Way, Cut] = {}
        self.slow_s: dict[Way, float] = {}
        # Hears of all that is sent: from whom, to whom, what.
        self.sent: Callable[[str, str, Message], None] = lambda source, target, message: None

    # --- processes --------------------------------------------------------------------------------

    def join(self, end: End) -> None:
        for peer in end.peers:
            self._try(end, peer)

    def leave(self, end: End) -> None:
        """It has ended. What it had sent may still arrive, or be lost with it."""
        arrives = self._draw.random() < 0.5
        for connection in [c for c in self._connections.values() if end in c.ends]:
            self._close(connection, lost=not arrives)

    def send(self, end: End, to: str, message: Message) -> None:
        connection = self._links.get((id(end), to))
        if connection is not None:
            self._transmit(connection, 0, message)

    def answer(self, end: End, via: str, message: Message) -> None:
        connection = self._connections.get(via)
        if connection is not None:
            self._transmit(connection, connection.ends.index(end), message)

    def peer(self, end: End, via: str) -> str:
        """Who is at the other end; "" if it is gone."""
        connection = self._connections.get(via)
        return connection.way(connection.ends.index(end))[1] if connection else ""

    # --- faults -----------------------------------------------------------------------------------

    def cut(self, ways: Iterable[Way], how: Cut) -> None:
        for way in ways:
            self.cuts[way] = how
        for connection in [c for c in self._connections.values() if self._is_cut(c)]:
            if how == "reset":
                self._close(connection, lost=True)
            else:
                self._later(self._draw.uniform(*_SILENCE_S), self._went_silent, connection)

    def heal(self, ways: Iterable[Way]) -> None:
        for way in ways:
            self.cuts.pop(way, None)
        for connection in [*self._connections.values()]:
            for sender in (0, 1):
                self._release(connection, sender)

    # --- inside -----------------------------------------------------------------------------------

    def _delay_s(self, way: Way) -> float:
        return self._draw.uniform(*_DELAY_S) + self.slow_s.get(way, 0.0)

    def _transmit(self, connection: Connection, sender: int, message: Message) -> None:
        if not connection.open:
            return
        self.sent(*connection.way(sender), message)
        due_s = max(connection.due_s[sender], self._now_s() + self._delay_s(connection.way(sender)))
        connection.due_s[sender] = due_s
        self._later(due_s - self._now_s(), self._arrive, connection, sender, message)

    def _arrive(self, connection: Connection, sender: int, message: Message) -> None:
        if connection.lost:
            return
        if connection.held[sender] or connection.way(sender) in self.cuts:
            connection.held[sender].append(message)
            return
        source, target = connection.ends[sender], connection.ends[1 - sender]
        if target.alive:
            target.receive(Received(source.host, message, connection.name))

    def _release(self, connection: Connection, sender: int) -> None:
        if connection.way(sender) in self.cuts or connection.lost:
            return
        held = connection.held[sender]
        waiting = held[:]
        held.clear()
        for message in waiting:
            self._arrive(connection, sender, message)

    def _is_cut(self, connection: Connection) -> bool:
        return connection.way(0) in self.cuts or connection.way(1) in self.cuts

    def _went_silent(self, connection: Connection) -> None:
        if connection.open and self._is_cut(connection):
            self._close(connection, lost=True)

    def _close(self, connection: Connection, *, lost: bool) -> None:
        connection.open, connection.lost = False, lost
        owner, to = connection.ends[0], connection.to
        self._connections.pop(connection.name, None)
        self._links.pop((id(owner), to), None)
        self._later(self._draw.uniform(*_RECONNECT_S), self._try, owner, to)

    def _try(self, owner: End, peer: str) -> None:
        """Both ways must be open; a black hole is noticed late."""
        if not owner.alive:
            return
        host = peer.partition("/")[0]
        ways = (owner.host, host), (host, owner.host)
        listening = self._listening(peer)
        if listening is None or any(way in self.cuts for way in ways):
            pause_s = self._draw.uniform(_RECONNECT_S[0], _CONNECT_LIMIT_S if self.cuts else _RECONNECT_S[1])
            self._later(pause_s, self._try, owner, peer)
            return
        self._later(sum(self._delay_s(way) for way in ways), self._connect, owner, listening, peer)

    def _connect(self, owner: End, target: End, to: str) -> None:
        ways = (owner.host, target.host), (target.host, owner.host)
        if not owner.alive:
            return
        if not target.alive or any(way in self.cuts for way in ways):
            self._try(owner, to)
            return
        self._made += 1
        connection = Connection(f"c{self._made}", (owner, target), to)
        self._connections[connection.name] = connection
        self._links[(id(owner), to)] = connection
