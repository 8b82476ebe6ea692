"""Numbered JSON lines of events, so that a lost connection loses no event. Pure: no socket.

A host numbers its events from 1 and keeps the newest. An observer attaches after the last number
that it has seen; what came since is told again. Stamps on the wire are raw CLOCK_MONOTONIC.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec
from msgspec import Struct

from harness.model.event import Event
from harness.workloads.strict import decoded

# One minute of the heaviest drill; an observer's link is never faulted, so it is back in far less.
EVENTS_KEPT_MAX = 20_000
LINE_BYTES_MAX = 1 << 20

_STAMPS = ("at_s", "before_s", "after_s", "from_s", "to_s", "scheduled_s", "call_s", "ret_s")


# As whom an observer shows the token.
OBSERVER = "observer"


# --- observer -> host -----------------------------------------------------------------------


class Show(Struct, frozen=True, tag="show"):
    """First line where the host has said Challenge. proof: see challenge."""

    proof: str


class Attach(Struct, frozen=True, tag="attach"):
    """Tell me what came after this number. run: the host's run that the number belongs to."""

    run: str
    after: int


class Ask(Struct, frozen=True, tag="ask"):
    """A question or order, answered once by Answer. The same (session, request) is carried out once."""

    session: str
    request: int
    body: msgspec.Raw


# --- host -> observer -----------------------------------------------------------------------


class Challenge(Struct, frozen=True, tag="challenge"):
    """First line of a host that hears nobody without its token."""

    challenge: str


class Opening(Struct, frozen=True, tag="opening"):
    """First line after Attach. lost: events that the ring no longer holds. now: the host's present state."""

    run: str
    lost: int
    now: tuple[Event, ...]


class Numbered(Struct, frozen=True, tag="event"):
    number: int
    event: Event


class Answer(Struct, frozen=True, tag="answer"):
    session: str
    request: int
    ok: bool
    detail: str


class Ring:
    """The newest events of this run, each encoded once."""

    def __init__(self, run: str, *, limit: int = EVENTS_KEPT_MAX) -> None:
        self.run = run
        self.last = 0
        self._kept: deque[bytes] = deque(maxlen=limit)

    def add(self, event: Event) -> bytes:
        """Number the event; returns its line."""
        self.last += 1
        line = encode(Numbered(self.last, event))
        self._kept.append(line)
        return line

    def since(self, attach: Attach) -> tuple[int, list[bytes]]:
        """(events lost, lines to tell) for an observer that attaches."""
        after = min(attach.after, self.last) if attach.run == self.run else 0
        first_kept = self.last - len(self._kept) + 1
        lost = max(0, first_kept - after - 1)
        return lost, list(self._kept)[max(0, after - first_kept + 1) :]


_encoder = msgspec.json.Encoder()
_from_host = msgspec.json.Decoder(Challenge | Opening | Numbered | Answer)
_from_observer = msgspec.json.Decoder(Show | Attach | Ask)


def encode(line: Show | Attach | Ask | Challenge | Opening | Numbered | Answer) -> bytes:
    return _encoder.encode(line) + b"\n"


def from_host(line: bytes) -> Challenge | Opening | Numbered | Answer:
    """Raises ValueError when it is no such line."""
    told: Challenge | Opening | Numbered | Answer = decoded(_from_host.decode, line)
    return told


def from_observer(line: bytes) -> Show | Attach | Ask:
    """Raises ValueError when it is no such line."""
    told: Show | Attach | Ask = decoded(_from_observer.decode, line)
    return told


def restamped(event: Event, clock: Callable[[float], float]) -> Event:
    """The event with every stamp mapped by clock; a stamp of None stays."""
    changed = {
        name: clock(raw)
        for name in event.__struct_fields__
        if name in _STAMPS and (raw := getattr(event, name)) is not None
    }
    return msgspec.structs.replace(event, **changed)
