"""Tells a node that the register names it, until it beats: whoever promoted it may have died on the way.

    event                          -> due
    a reign to watch                  one interval later, each witness a stagger after the one before it
    due, and it has not beaten yet    a Promote; due again one interval later
    its heartbeat, or a suspicion     never: it knows, or a failover follows

That is no authority: who gets it reads the register. Decides nothing, and knows no lease.
"""

from __future__ import annotations

from targets.reference.machines.detection.detector import NOBODY
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.grammar import Effects, Send, SetTimer
from targets.reference.machines.words.messages import Promote
from targets.reference.settings import Settings

TIMER = "not beating yet"
# Each costs a ballot, and two at once take each other's away.
_STAGGER_S = 0.03


class Reminder:
    """About one reign at a time."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._interval_s = settings.detector.interval_s
        self._stagger_s = _STAGGER_S * settings.witnesses.index(name)
        self._unheard: Reign = NOBODY

    def watch(self, now_s: float, reign: Reign) -> SetTimer:
        self._unheard = reign
        return SetTimer(TIMER, now_s + self._interval_s + self._stagger_s)

    def over(self) -> None:
        """It was heard, or is held for failed. The timer runs out by itself."""
        self._unheard = NOBODY

    def fired(self, now_s: float) -> Effects:
        if self._unheard == NOBODY:
            return []
        epoch, node = self._unheard
        return [Send(node, Promote(epoch)), SetTimer(TIMER, now_s + self._interval_s)]
