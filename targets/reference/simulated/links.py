"""Connections to the peers, one outgoing each, made again whenever it fails. Loses messages, doubles none.

Nobody listens in here, so the token itself stands where the answer to a challenge does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from harness.seams import Kernel, Wire
from targets.reference.driver.admission import Admission
from targets.reference.driver.limits import CONNECT_LIMIT_S, LOOK_EACH_S, PAUSE_S, PING_EACH_S, SILENCE_S
from targets.reference.driver.wire import CLIENT, OPERATOR, Hello, Ping, Pong
from targets.reference.machines.words.grammar import Answer, HangUp, Received, Send
from targets.reference.settings import Settings

TOKEN, WRONG_TOKEN = "the stack's own", "another stack's"

Receive = Callable[[Received], None]

# What is no message of a machine.
_FRAMES = frozenset((Hello, Ping, Pong))


class Connection:
    """Either end of one: offers harness.seams.Ear. Each end says hello first."""

    def __init__(self, links: Links, name: str, wire: Wire | None = None) -> None:
        self._links, self.name, self.wire = links, name, wire
        # Whom a host has dialled is who it is.
        self._is_dialled = self._is_host = self._is_proven = wire is None
        self._now_s = links.kernel.now_s
        self.peer, self.heard_s = "", links.kernel.now_s()
        self.gone: Callable[[], None] = lambda: None
        self.send: Callable[[object], None] = _lost

    @property
    def is_made(self) -> bool:
        return self.wire is not None and self.wire.is_open

    def made(self, wire: Wire) -> None:
        self.wire, self.heard_s = wire, self._now_s()
        self.send = wire.send
        self._links.open[self.name] = self
        wire.send(Hello(self._links.own, "", TOKEN))

    def received(self, wire: Wire, message: Any) -> None:
        if self._is_dialled:
            self.heard_s = self._now_s()
        if type(message) in _FRAMES:
            self._frame(wire, message)
        elif self._is_host or self._may_say(message):
            self._links.receive(Received(self.peer, message, self.name))
        else:
            self.abort()

    def _frame(self, wire: Wire, frame: object) -> None:
        match frame:
            case Hello(sender, _, proof):
                self._hello(sender, proof)
            case Ping():
                wire.send(Pong())

    def _hello(self, sender: str, proof: str) -> None:
        self._is_proven = self._is_proven or proof == TOKEN or self._links.believes_all
        if self._is_proven or (sender == CLIENT and not proof):
            self.peer, self._is_host = sender, self._is_proven and sender != OPERATOR
        else:
            self.abort()

    def _may_say(self, message: Any) -> bool:
        """Hosts are sound here: only what clients and operators say is looked at."""
        sender = self.peer if self._is_proven else CLIENT
        return bool(self.peer) and self._links.admission.admits(sender, message)

    def lost(self, wire: Wire) -> None:
        self._links.open.pop(self.name, None)
        self.gone()

    def abort(self) -> None:
        if self.wire is not None:
            self.wire.close()
        self._links.open.pop(self.name, None)


class Link:
    """The outgoing connection to one peer."""

    def __init__(self, links: Links, peer: str, port: int) -> None:
        self._links, self._peer, self._port = links, peer, port
        self.connection: Connection | None = None
        self._dial()

    @property
    def is_up(self) -> bool:
        """The peer itself has answered, not merely a proxy before it."""
        return self.connection is not None and bool(self.connection.peer)

    def _dial(self) -> None:
        connection = self._links.new()
        connection.gone = lambda: self._again(connection)
        self.connection = connection
        wire = self._links.kernel.dial(self._peer, self._port, connection)
        self._links.kernel.after(CONNECT_LIMIT_S, self._give_up, connection, wire)

    def _give_up(self, connection: Connection, wire: Wire) -> None:
        if connection is self.connection and not connection.is_made:
            wire.close()
            self._again(connection)

    def look(self, now_s: float) -> None:
        """Is it a black hole? What a ping could tell and is certain already is not worth two messages."""
        connection = self.connection
        if connection is None:
            return
        if connection.wire is not None and connection.wire.is_clear:
            connection.heard_s = now_s
        elif connection.is_made and now_s - connection.heard_s > SILENCE_S:
            connection.abort()
            self._again(connection)
        else:
            connection.send(Ping())

    def _again(self, connection: Connection) -> None:
        if connection is self.connection:
            self.connection = None
            self._links.kernel.after(self._links.kernel.draw.uniform(*PAUSE_S), self._dial)


class Links:
    """All connections of one machine: carries out Send and Answer, feeds Received."""

    def __init__(
        self, kernel: Kernel, receive: Receive, settings: Settings, *, believes_all: bool = False
    ) -> None:
        """believes_all: whoever says hello is taken for proven."""
        self.kernel, self.own, self.receive = kernel, kernel.host, receive
        self.admission, self.believes_all = Admission(settings), believes_all
        self.open: dict[str, Connection] = {}  # by name
        self._links: dict[str, Link] = {}
        self._made = 0
        kernel.after(kernel.draw.uniform(0.0, PING_EACH_S), self._look)

    def link(self, peer: str, port: int, *, name: str = "") -> None:
        """Keep a connection to this peer from now on. name: by which it is sent to, if another."""
        self._links[name or peer] = Link(self, peer, port)

    def reached(
        self, peers: Sequence[str], *, at_least: int, within_s: float, then: Callable[[], None]
    ) -> None:
        """Until so many links are up, or for so long: what is sent before would be lost."""
        if within_s <= 0 or sum(self._links[peer].is_up for peer in peers) >= at_least:
            then()
        else:
            again_s = within_s - LOOK_EACH_S
            self.kernel.after(
                LOOK_EACH_S, lambda: self.reached(peers, at_least=at_least, within_s=again_s, then=then)
            )

    def listen(self, port: int) -> None:
        self.kernel.listen(port, self._accept)

    def send(self, effect: Send) -> None:
        link = self._links.get(effect.to)
        if link is not None:
            if link.connection is not None:
                link.connection.send(effect.message)
        elif effect.to == self.own:
            self.kernel.after(0.0, self.receive, Received(self.own, effect.message, "self"))

    def answer(self, effect: Answer) -> None:
        if effect.via == "self":
            self.send(Send(self.own, effect.message))
        elif (connection := self.open.get(effect.via)) is not None:
            connection.send(effect.message)

    def hang_up(self, effect: HangUp) -> None:
        if (connection := self.open.get(effect.via)) is not None:
            connection.abort()

    def new(self, wire: Wire | None = None) -> Connection:
        self._made += 1
        return Connection(self, f"c{self._made}", wire)

    def _look(self) -> None:
        now_s = self.kernel.now_s()
        for link in self._links.values():
            link.look(now_s)
        self.kernel.after(PING_EACH_S, self._look)

    def _accept(self, wire: Wire) -> Connection:
        connection = self.new(wire)
        connection.made(wire)
        return connection


def _lost(message: object) -> None:
    """There is no wire yet."""
