"""A witness's detector: is the primary that it watches ill, and at which layer? Ignores votes and leases.

    layer        ill when
    network      no word at all comes from its host, whoever there says it
    process      its agent has seen it end (told as a hand-back)
    application  no heartbeat (push), no answer to a probe (pull); each by itself
    business     it says itself that its disk finishes nothing

    event                                -> due
    a reign to watch                        its clocks start: one silence later, or when this witness may vote
    a sign of life                          one silence after it
    due, and punctual                       silent
    due, and late itself                    twice as long as it was late, once: the primary may have slept too
    a standby's hint, bidirectional alone   it looks itself: probes for as long as the hint stands, one miss

Heartbeats alone say nothing about a primary that cannot hear; probes find it. A hint never counts alone.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from targets.reference.defects import BEAT_STARTS_CLOCK, BUSINESS_IGNORED, TCP_ONLY
from targets.reference.detection import Health, Layer
from targets.reference.machines.detection.probing import PUNCTUAL_S, Prober
from targets.reference.machines.detection.silence import NEVER_S, Missed, Silence, silence_of
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.grammar import Effects, SetTimer
from targets.reference.machines.words.messages import Hint, ProbeAnswer
from targets.reference.settings import Settings

TIMER = "silence"
NOBODY: Reign = (0, "")


class Illness(Struct, frozen=True):
    """reason: a line for people, without the layer."""

    layer: Layer
    reason: str


class Detector:
    """Of one reign at a time."""

    def __init__(self, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self.reign: Reign = NOBODY
        self._health = _counted(settings.health, defects)
        self._settings, self._defects = replace(settings, health=self._health), defects
        self._ways = settings.heartbeats
        self._stuck_limit_s = self._health.limit_s("business", settings.detector)
        self._prober = Prober(interval_s=settings.detector.interval_s, forget_s=settings.detector.silence_s)
        self._ready_s = self._grace_s = 0.0
        self._armed_s = NEVER_S
        self._listens_on = False
        self._start()

    def _start(self) -> None:
        """New clocks, none of which runs."""
        settings, defects = self._settings, self._defects
        self._network = silence_of("network", settings, defects)
        self._push, self._pull = (silence_of("application", settings, defects) for _ in range(2))
        self._look = self._no_look()
        self._clocks = self._counting()
        self._stuck_s = 0.0
        self._hinted_by, self._hinted_until_s = "", 0.0

    def _no_look(self) -> Silence:
        return Missed(self._settings.detector.missed_s(1))

    # --- what comes ---------------------------------------------------------------------------------

    def watch(self, now_s: float, reign: Reign, *, ready_s: float) -> Effects:
        """A primary that never beats is missed too. ready_s: nobody is silent before."""
        self.reign, self._ready_s, self._grace_s, self._listens_on = reign, ready_s, 0.0, False
        self._armed_s = NEVER_S
        self._start()
        if BEAT_STARTS_CLOCK not in self._defects:
            for clock in (self._network, self._push, self._pull):
                clock.begin(now_s)
        probes = self._prober.begin(now_s, reign[1]) if "pull" in self._ways else self._prober.end()
        return [*self._arm(), *probes]

    def word(self, now_s: float) -> None:
        """Anything that came from its host."""
        self._network.heard(now_s)

    def beat(self, now_s: float, stuck_s: float) -> Effects:
        if "push" not in self._ways:
            return []
        self.word(now_s)
        self._push.heard(now_s)
        return self._alive(stuck_s)

    def answered(self, now_s: float, message: ProbeAnswer) -> Effects:
        """One that does not reign in this epoch is alive, but the reign is not."""
        sent_s = self._prober.sent_s(message.number)
        if sent_s is None or (message.epoch, message.node) != self.reign:
            return []
        self._pull.heard(sent_s)
        self._look.heard(sent_s)
        return self._alive(message.stuck_s)

    def hinted(self, now_s: float, message: Hint) -> Effects:
        """A standby misses the primary."""
        if "bidirectional" not in self._ways or (message.epoch, message.node) != self.reign:
            return []
        looked = now_s < self._hinted_until_s
        self._hinted_by, self._hinted_until_s = message.seer, now_s + self._settings.granted_lease_s
        if looked or self._ways != ("bidirectional",):
            return []
        self._look.begin(now_s)
        return [*self._prober.begin(now_s, self.reign[1], at_once=True), *self._arm()]

    def probe(self, now_s: float) -> Effects:
        """The time for the next probe. One that was not sent in time cannot be missed."""
        if "pull" not in self._ways and now_s >= self._hinted_until_s:
            self._look = self._no_look()
            self._clocks = self._counting()
            return self._prober.end()
        late_s = self._prober.late_s(now_s)
        self._pull.slept(late_s)
        self._look.slept(late_s)
        return self._prober.fired(now_s)

    # --- what follows -------------------------------------------------------------------------------

    @property
    def due_s(self) -> float:
        """From then on it is silent, if nothing comes before."""
        return max(self._ready_s, self._grace_s, min([clock.due_s for clock in self._clocks]))

    def due(self, now_s: float) -> Effects:
        """The timer has come. Effects: not yet, it was heard since, or this host slept itself."""
        self._armed_s = NEVER_S
        due_s = self.due_s
        if now_s < due_s:
            return self._arm()
        late_s = now_s - due_s
        if late_s <= PUNCTUAL_S or self._listens_on:
            return []
        self._listens_on = True
        self._grace_s = now_s + min(2 * late_s, self._settings.detector.silence_s)
        return self._arm()

    def well(self, now_s: float) -> bool:
        """It is not overdue, not even while this host listens on."""
        return now_s < min([clock.due_s for clock in self._clocks])

    def silent(self, now_s: float) -> Illness | None:
        if self.reign == NOBODY or now_s < self.due_s:
            return None
        detector, node = self._settings.detector, self.reign[1]
        quiet_s = now_s - self._network.heard_s
        also = f"; {self._hinted_by} misses it too" if now_s < self._hinted_until_s else ""
        # A layer below that is still heard may have spoken up to one interval before.
        if quiet_s >= detector.missed_s(min(1, detector.threshold - 1)):
            return Illness("network", f"no word from {node} for {quiet_s:.3f} s{also}")
        first = min(self._clocks, key=lambda clock: clock.due_s)
        what = "heartbeat" if first is self._push else "answer to a probe"
        return Illness("application", f"no {what} for {now_s - first.heard_s:.3f} s{also}")

    def ill(self) -> Illness | None:
        """By its own word."""
        if self._stuck_s < self._stuck_limit_s:
            return None
        return Illness("business", f"its disk has finished nothing for {self._stuck_s:.3f} s")

    @property
    def process_counts(self) -> bool:
        return self._health.process is not None

    def _counting(self) -> tuple[Silence, ...]:
        """The clocks that count. None that was not started is ever due.

        The words of a host that answers nothing are pushed: they count where push does, or nothing else.
        """
        ways, counts = self._ways, self._health.application is not None
        reached = self._health.network is not None and ("push" in ways or not counts)
        return (
            *((self._network,) if reached else ()),
            *((self._push,) if counts and "push" in ways else ()),
            *((self._pull,) if counts and "pull" in ways else ()),
            *((self._look,) if counts and ways == ("bidirectional",) else ()),
        )

    def _alive(self, stuck_s: float) -> Effects:
        self._stuck_s, self._listens_on = stuck_s, False
        return self._arm()

    def _arm(self) -> Effects:
        """A timer that comes too early looks again; so it is only set anew to come earlier."""
        due_s = self.due_s
        if due_s >= self._armed_s:
            return []
        self._armed_s = due_s
        return [SetTimer(TIMER, due_s)]


def _counted(health: Health, defects: frozenset[str]) -> Health:
    if TCP_ONLY in defects:
        return Health(application=None, business=None)
    if BUSINESS_IGNORED in defects:
        return Health(network=health.network, application=health.application, business=None)
    return health
