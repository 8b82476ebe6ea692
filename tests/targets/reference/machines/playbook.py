"""Given a machine, when events come, expect effects: what the machines' tests are written in."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import msgspec

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.words.grammar import (
    Answer,
    Began,
    Durable,
    Effects,
    Event,
    NodeState,
    Received,
    Send,
    SetTimer,
)
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    Ballot,
    BallotRefused,
    Follow,
    Granted,
    Heartbeat,
    Member,
    Message,
    Place,
    Prepare,
    Promised,
    Record,
    Register,
    StreamAck,
)
from targets.reference.settings import Settings

# One way of heartbeats, so that what is not about detection need not play the others.
SETTINGS = Settings(nodes=("n1", "n2"), heartbeats=("push",))
A, B = Member("n1", "a"), Member("n2", "b")
T = TypeVar("T")


class Machine(Protocol):
    def handle(self, now_s: float, event: Event, /) -> Effects: ...


class Play:
    """effects: what the last `when` brought."""

    def __init__(self, machine: Machine, now_s: float = 100.0) -> None:
        self.machine, self.now_s = machine, now_s
        self.effects: Effects = []

    def when(self, *events: Event, after_s: float = 0.0, at_s: float | None = None) -> Play:
        self.now_s = self.now_s + after_s if at_s is None else at_s
        self.effects = [effect for event in events for effect in self.machine.handle(self.now_s, event)]
        return self

    def hears(self, sender: str, message: Message, *, via: str = "", after_s: float = 0.0) -> Play:
        return self.when(Received(sender, message, via or f"to {sender}"), after_s=after_s)

    def of(self, kind: type[T]) -> list[T]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def said(self, kind: type[T]) -> list[T]:
        """Messages of that kind, sent and answered."""
        messages = [effect.message for effect in self.effects if isinstance(effect, Send | Answer)]
        return [message for message in messages if isinstance(message, kind)]

    def sent_to(self, kind: type[Message]) -> list[str]:
        return [effect.to for effect in self.of(Send) if isinstance(effect.message, kind)]

    def due_s(self, timer: str) -> float:
        """When the last timer of that name is due."""
        return next(e.at_s for e in reversed(self.of(SetTimer)) if e.timer == timer)

    def shows(self, register: Register, accepted: Ballot = (1, "x", 1)) -> Play:
        """The ballot under way, begun in the last `when`, finds this register at w1 and w2 and ends."""
        return self.promised(register, accepted).accepted(self.said(Accept)[-1].ballot)

    def promised(self, register: Register, accepted: Ballot = (1, "x", 1)) -> Play:
        """The ballot that was begun in the last `when` proposes what follows from this register."""
        ballot = self.said(Prepare)[-1].ballot
        self.hears("w1", Promised(ballot, accepted, register))
        return self.hears("w2", Promised(ballot, accepted, register))

    def refused(self, ballot: Ballot) -> Play:
        """A majority has promised a higher one."""
        self.hears("w1", BallotRefused(ballot, (ballot[0] + 1, "w3", 1)))
        return self.hears("w2", BallotRefused(ballot, (ballot[0] + 1, "w3", 1)))

    def accepted(self, ballot: Ballot) -> Play:
        before = self.effects
        for witness in ("w1", "w2"):
            self.hears(witness, Accepted(ballot))
            before = [*before, *self.effects]
        self.effects = before
        return self

    def granted(self, epoch: int, node: str = "n1", *, after_s: float = 0.0) -> Play:
        """w1 and w2 grant the heartbeat that was sent just now, or in the last `when`."""
        sent_s = next((beat.sent_s for beat in self.said(Heartbeat)), self.now_s)
        self.now_s += after_s
        before: Effects = []
        for witness in ("w1", "w2"):
            before += self.hears(witness, Granted(epoch, node, sent_s)).effects
        self.effects = before
        return self


def node(member: Member = A, *records: Record, sealed: int = 0, defect: str = "", **words: Any) -> Play:
    """A data node that has just begun."""
    settings = msgspec.structs.replace(SETTINGS, **words)
    defects = frozenset({defect} if defect else ())
    return Play(DataNode(member.node, settings, state(member, sealed), records, 7, defects)).when(Began())


def taking(register: Register, **words: Any) -> Play:
    """n1 has just taken `register`'s epoch, as a restarted primary does, over a log of one older record."""
    older = msgspec.structs.replace(register, epoch=register.epoch - 1)
    return node(A, record(1, 1), **words).shows(older).shows(older)


def serving(register: Register, **words: Any) -> Play:
    """It has its lease and its mark, (epoch, 2), is acknowledged; n2 follows where it is eligible."""
    play = taking(register, **words).granted(register.epoch)
    if B in register.eligible:
        play.hears("n2", Follow(register.epoch, "n2", "b", (Place(1, 1),)))
        play.hears("n2", StreamAck(register.epoch, "n2", "b", Place(register.epoch, 2)))
    return play.when(Durable(register.epoch, 2))


def state(member: Member, sealed: int = 0) -> NodeState:
    return NodeState(identity=member.identity, sealed=sealed)


def record(epoch: int, position: int, value: str = "v") -> Record:
    return Record(epoch, position, "k", value)
