"""Which reign a witness watches, and its own parts that watch it: the detector, the accuser, the reminder.

    it learns of                      -> watches
    a reign by a heartbeat, a ballot     that one, if none is newer
    one that it has merely accepted      that one, until another ballot settles it otherwise

Of a new reign the detector's clock starts at once: a primary that never beats is missed too. Leads nothing:
that is the coordinator's.
"""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.machines.detection import detector, probing
from targets.reference.machines.detection.detector import Detector
from targets.reference.machines.failover.coordinator import Coordinator
from targets.reference.machines.lease import Granter, Reign
from targets.reference.machines.witness import accuser, reminder
from targets.reference.machines.witness.accuser import Accuser
from targets.reference.machines.witness.keeper import Keeper
from targets.reference.machines.witness.reminder import Reminder
from targets.reference.machines.words.grammar import Effects
from targets.reference.machines.words.messages import Hint, ProbeAnswer
from targets.reference.settings import Settings

TIMERS = (detector.TIMER, reminder.TIMER, probing.TIMER, *accuser.TIMERS)


class Watching:
    """keeper, granter, coordinator: the witness's own. suspected: what else a suspicion brings."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        defects: frozenset[str] = frozenset(),
        *,
        keeper: Keeper,
        granter: Granter,
        coordinator: Coordinator,
        suspected: Callable[[str], Effects],
    ) -> None:
        self._nodes, self._keeper, self._granter = settings.nodes, keeper, granter
        self._tells = suspected
        self._proven: Reign = detector.NOBODY  # the newest that a heartbeat or a full ballot has shown
        self.detector = Detector(settings, defects)
        self.reminder = Reminder(name, settings)
        self.accuser = Accuser(
            name,
            settings,
            defects,
            granter=granter,
            detector=self.detector,
            coordinator=coordinator,
            maintenance=self._maintained,
            suspected=self._suspected,
        )

    def learn(self, now_s: float, reign: Reign) -> Effects:
        """A heartbeat or a full ballot proves that this reign was committed."""
        self._proven = max(self._proven, reign)
        return self.newest(now_s)

    def newest(self, now_s: float) -> Effects:
        """Watched from now on, if it is not yet."""
        value = self._keeper.value
        newest = max(self._proven, (value.epoch, value.primary))
        if newest == self.detector.reign:
            return []
        watch = self.detector.watch(now_s, newest, ready_s=self._granter.ready_s)
        return [*self.accuser.watch(newest[0]), *watch, self.reminder.watch(now_s, newest)]

    def answered(self, now_s: float, message: ProbeAnswer) -> Effects:
        return [*self.detector.answered(now_s, message), *self.accuser.judge(now_s)]

    def hinted(self, now_s: float, sender: str, message: Hint) -> Effects:
        if sender != message.seer or message.seer not in self._nodes:
            return []
        return self.detector.hinted(now_s, message)

    def fired(self, now_s: float, timer: str) -> Effects:
        match timer:
            case detector.TIMER:
                return self.accuser.silence_due(now_s)
            case reminder.TIMER:
                return self.reminder.fired(now_s)
            case probing.TIMER:
                return self.detector.probe(now_s)
            case _:
                return self.accuser.fired(now_s, timer)

    def _maintained(self) -> str:
        return self._keeper.value.maintenance

    def _suspected(self, reason: str) -> Effects:
        self.reminder.over()
        return self._tells(reason)
