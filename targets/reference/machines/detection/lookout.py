"""A standby's view of its primary: what it misses, it tells the witnesses. A hint, which never counts alone.

    state     event                        -> state
    watching  one silence without a word      hinting   tells every witness, each interval
    hinting   a word                          watching

bidirectional: the primary's stream, which beats when there is nothing to send. pull: answers to its probes.
Either one that falls silent is a hint.
"""

from __future__ import annotations

from targets.reference.machines.detection import probing
from targets.reference.machines.detection.probing import Prober
from targets.reference.machines.detection.silence import Silence, silence_of
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.grammar import Effects, Send, SetTimer, StopTimer
from targets.reference.machines.words.messages import Hint, ProbeAnswer
from targets.reference.settings import Settings

TIMER = "lookout"
TIMERS = (TIMER, probing.TIMER)


class Lookout:
    """Of one reign. name: the standby's own."""

    def __init__(self, name: str, settings: Settings, reign: Reign, defects: frozenset[str]) -> None:
        self._name, self._settings, self._reign = name, settings, reign
        self._stream = silence_of("application", settings, defects)
        self._pull = silence_of("application", settings, defects)
        ways = settings.heartbeats
        self._asks = "pull" in ways
        self._clocks: tuple[Silence, ...] = (
            *((self._stream,) if "bidirectional" in ways else ()),
            *((self._pull,) if self._asks else ()),
        )
        detector = settings.detector
        self._prober = Prober(interval_s=detector.interval_s, forget_s=detector.silence_s)

    def begin(self, now_s: float) -> Effects:
        if not self._clocks:
            return []
        for clock in self._clocks:
            clock.begin(now_s)
        probes = self._prober.begin(now_s, self._reign[1]) if self._asks else []
        return [*probes, self._until_due()]

    def end(self) -> Effects:
        return [StopTimer(timer) for timer in TIMERS]

    def streamed(self, now_s: float) -> None:
        self._stream.heard(now_s)

    def answered(self, message: ProbeAnswer) -> None:
        sent_s = self._prober.sent_s(message.number)
        if sent_s is not None and (message.epoch, message.node) == self._reign:
            self._pull.heard(sent_s)

    def fired(self, now_s: float, timer: str) -> Effects:
        if timer == probing.TIMER:
            self._pull.slept(self._prober.late_s(now_s))
            return self._prober.fired(now_s)
        if now_s < self._due_s:
            return [self._until_due()]
        hint = Hint(*self._reign, self._name)
        hints = [Send(witness, hint) for witness in self._settings.witnesses]
        return [*hints, SetTimer(TIMER, now_s + self._settings.detector.interval_s)]

    @property
    def _due_s(self) -> float:
        return min(clock.due_s for clock in self._clocks)

    def _until_due(self) -> SetTimer:
        return SetTimer(TIMER, self._due_s)
