"""The agent: parent of the process that acknowledges. Sees it end, and hands its lease back at once.

    state    event               -> state
    down     the host begins, or an order     starting    child started
    starting the child claims an epoch        reigning    says each interval that it lives
    any      the child was stopped            the same    it may go on any time: that is no end
    any      the child has ended              down        hands (epoch, node) back until every witness knows
    any      the child has gone to rest       resting     a cold standby: its agent keeps what is shipped
    resting  Ship that fits                   resting     kept durably, then answered
    resting  Wake                             starting    child started: it finds what was kept

The child was waited for, so nothing of it can act in the epoch any more: that is what makes it safe. A
killed child stays dead until it is started by an order; only one at rest is woken by its peers.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import STOPPED_IS_DEAD
from targets.reference.machines.keeping import Keeping
from targets.reference.machines.words.grammar import (
    AgentSaw,
    Began,
    Effects,
    Event,
    Fired,
    Received,
    Send,
    SetTimer,
    StartChild,
    TellRole,
)
from targets.reference.machines.words.messages import Alive, HandBack, HandBackNoted, Place, Ship, Wake
from targets.reference.settings import Settings

AGAIN, BEAT = "hand back again", "beat"
# A witness that was cut off all the while learns it from the register by then.
_TRIES_MAX = 50


class Agent:
    """Knows no data."""

    def __init__(self, name: str, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self._name, self._settings, self._defects = name, settings, defects
        self._started = self._wanted = False
        self._claimed = 0  # the newest epoch that the living child has claimed
        self._newest = 0
        self._handing_back = 0
        self._unaware: set[str] = set()
        self._tries = 0
        self._keeping: Keeping | None = None  # the child has said that it goes to rest

    @property
    def state(self) -> Literal["down", "starting", "reigning", "resting"]:
        """Of the table above."""
        if self._keeping is not None and not self._started:
            return "resting"
        if self._claimed:
            return "reigning"
        return "starting" if self._started else "down"

    @property
    def kept(self) -> tuple[int, Place]:
        """Of a child at rest: the newest epoch that was heard, and the last record that is kept for it."""
        return (self._keeping.epoch, self._keeping.last) if self._keeping else (self._newest, Place())

    def handle(self, now_s: float, event: Event) -> Effects:
        match event:
            case AgentSaw(what="start") if self._keeping and self._started:
                self._wanted = True  # once it has ended
                return []
            case Began() | AgentSaw(what="start"):
                return self._start()
            case AgentSaw(what="child claims", epoch=epoch):
                self._claimed = self._newest = max(self._newest, epoch)
                return self._beat(now_s)
            case AgentSaw(what="child rests"):
                self._keeping = Keeping(self._name, event)
                return []
            case Received(message=Ship() as message, via=via) if self._keeping and not self._started:
                return self._keeping.ship(message, via)
            case Received(message=Wake(epoch=epoch)) if self._keeping and not self._started:
                return self._start() if epoch >= self._keeping.epoch else []
            case AgentSaw(what="child stopped") if STOPPED_IS_DEAD not in self._defects:
                return []
            case AgentSaw(what="child ended" | "child stopped"):
                return self._ended(now_s)
            case Received(sender=sender, message=HandBackNoted(epoch=epoch)):
                if epoch == self._handing_back:
                    self._unaware.discard(sender)
                return []
            case Fired(timer=timer) if timer == AGAIN:
                return self._hand_back(now_s)
            case Fired(timer=timer) if timer == BEAT:
                return self._beat(now_s)
            case _:
                return []

    def _start(self) -> Effects:
        """What it does not hold yet of what was kept, it takes itself, before it does anything."""
        self._started, self._wanted, self._keeping = True, False, None
        return [StartChild()]

    def _beat(self, now_s: float) -> Effects:
        """What shows that the host can be reached, and that only the child is silent."""
        if not self._claimed:
            return []
        alive = Alive(self._claimed, self._name)
        beats: Effects = [Send(witness, alive) for witness in self._settings.witnesses]
        return [*beats, SetTimer(BEAT, now_s + self._settings.detector.interval_s)]

    def _ended(self, now_s: float) -> Effects:
        effects: Effects = []
        self._started = False
        if self._claimed:
            self._handing_back, self._claimed = self._claimed, 0
            self._unaware, self._tries = set(self._settings.witnesses), 0
            effects = self._hand_back(now_s)
        # What the others must hear comes first.
        if self._keeping is not None and self._wanted:
            return [*effects, *self._start()]
        if self._keeping is not None:
            return [*effects, TellRole("cold", self._keeping.epoch)]
        return [*effects, TellRole("down", self._newest)]

    def _hand_back(self, now_s: float) -> Effects:
        if not self._unaware or self._tries >= _TRIES_MAX:
            return []
        self._tries += 1
        message = HandBack(self._handing_back, self._name)
        again_s = now_s + self._settings.detector.interval_s
        return [*(Send(witness, message) for witness in sorted(self._unaware)), SetTimer(AGAIN, again_s)]
