"""Counters of one host, from what its machine heard and did. The machine knows nothing of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from targets.reference.machines.words.grammar import Alert, Answer, Effects, Event, Received, Send, Tell
from targets.reference.machines.words.messages import (
    Granted,
    Heartbeat,
    HeartbeatRefused,
    Prepare,
    Reply,
    Vote,
    Write,
)

_OUTCOMES = {"ok": "acknowledged", "fail": "refused", "unknown": "unknown"}


class Meter:
    """Each counter by its label's value; those that can be are there from the start, as nought."""

    def __init__(self) -> None:
        self.heartbeats = Counter(dict.fromkeys(("sent", "granted", "refused"), 0))
        self.writes = Counter(dict.fromkeys(_OUTCOMES.values(), 0))
        self.phases: Counter[str] = Counter()
        self.alerts = self.votes = self.ballots = 0
        self._open: set[tuple[str, int]] = set()
        self._heard: Mapping[type, Callable[[Received], None]] = {
            Granted: lambda event: self._beat("granted"),
            HeartbeatRefused: lambda event: self._beat("refused"),
            Write: self._asked,
        }
        self._did: Mapping[type, Callable[[Any], None]] = {
            Answer: self._answered,
            Tell: self._told,
            Alert: self._alerted,
        }

    def saw(self, event: Event, effects: Effects) -> None:
        """The machine has handled this, and that follows."""
        if isinstance(event, Received) and (heard := self._heard.get(type(event.message))):
            heard(event)
        sent = set()
        for effect in effects:
            if isinstance(effect, Send):
                # One vote, one ballot goes to every witness; a heartbeat is counted for each.
                sent.add(type(effect.message))
                self.heartbeats["sent"] += type(effect.message) is Heartbeat
            elif did := self._did.get(type(effect)):
                did(effect)
        self.votes += Vote in sent
        self.ballots += Prepare in sent

    def _beat(self, what: str) -> None:
        self.heartbeats[what] += 1

    def _asked(self, event: Received) -> None:
        """Its reply does not say that it was a write."""
        assert isinstance(event.message, Write)
        self._open.add((event.via, event.message.request))

    def _answered(self, effect: Answer) -> None:
        match effect.message:
            case Reply(request, outcome) if (effect.via, request) in self._open:
                self._open.remove((effect.via, request))
                self.writes[_OUTCOMES[outcome]] += 1
            case Granted():
                self._beat("granted")
            case HeartbeatRefused():
                self._beat("refused")

    def _told(self, effect: Tell) -> None:
        self.phases[effect.phase] += 1

    def _alerted(self, effect: Alert) -> None:
        self.alerts += 1
