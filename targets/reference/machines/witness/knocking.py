"""A witness's word on a standby that its primary misses: does it answer here? Decides nothing.

Each question is passed on as a knock, so it lasts only while the primary asks, and it needs no timer.

event                                     -> answer
the first question, or after a pause         not dead; the silence begins
a question, and nothing heard for a silence  dead
"""

from __future__ import annotations

from msgspec import Struct

from targets.reference.machines.words.grammar import Answer, Effects, Send
from targets.reference.machines.words.messages import Here, Member, Missing, MissingAnswer, Reach
from targets.reference.settings import Settings

# Questions come once an interval: one or two may be lost.
_PAUSE_INTERVALS = 3


class _Silence(Struct, frozen=True):
    from_s: float
    asked_s: float


class Knocking:
    """Of all standbys that are asked about."""

    def __init__(self, settings: Settings) -> None:
        self._silence_s = settings.detector.silence_s
        self._pause_s = _PAUSE_INTERVALS * settings.detector.interval_s
        self._silences: dict[Member, _Silence] = {}

    def asked(self, now_s: float, message: Missing, via: str) -> Effects:
        member = Member(message.node, message.identity)
        silence = self._silences.get(member)
        if silence is None or now_s - silence.asked_s > self._pause_s:
            # Nobody asked, or this host slept: what was sent meanwhile may still come.
            silence = _Silence(now_s, now_s)
        self._silences[member] = _Silence(silence.from_s, now_s)
        dead = now_s - silence.from_s >= self._silence_s
        answer = MissingAnswer(message.epoch, message.node, message.identity, dead)
        return [Send(message.node, Reach(message.epoch)), Answer(via, answer)]

    def heard(self, now_s: float, message: Here) -> None:
        """Another store of that name is another member: the one that is asked about stays silent."""
        member = Member(message.node, message.identity)
        if member in self._silences:
            self._silences[member] = _Silence(now_s, self._silences[member].asked_s)
