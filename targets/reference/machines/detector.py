"""A witness's detector: is the primary that it watches silent? Ignores leases, votes and what follows.

event                          -> due
a reign to watch, a heartbeat     one silence later, or when this witness may vote
due, and punctual                 silent
due, and late itself              twice as long as it was late, once: the primary may have slept too
"""

from __future__ import annotations

from targets.reference.machines.grammar import Effects, SetTimer
from targets.reference.machines.lease import Reign
from targets.reference.settings import Settings

TIMER = "silence"
NOBODY: Reign = (0, "")
# A timer that comes later than this says something about this host, not about the primary.
_PUNCTUAL_S = 0.002


class Detector:
    """Of one reign at a time; its clock starts when the reign is learned."""

    def __init__(self, settings: Settings) -> None:
        self.reign: Reign = NOBODY
        self._silence_s = settings.detector.silence_s
        self._heard_s = self._due_s = 0.0
        self._listens_on = False

    def watch(self, now_s: float, reign: Reign, *, ready_s: float) -> SetTimer:
        """A primary that never beats is missed too. ready_s: not silent before."""
        self.reign = reign
        return self.heard(now_s, ready_s=ready_s)

    def heard(self, now_s: float, *, ready_s: float) -> SetTimer:
        self._heard_s, self._listens_on = now_s, False
        return self._until(max(now_s + self._silence_s, ready_s))

    def silent(self, now_s: float) -> bool:
        return self.reign != NOBODY and now_s >= self._due_s

    def silent_s(self, now_s: float) -> float:
        return now_s - self._heard_s

    def listen_on(self, now_s: float) -> Effects:
        """It is due, but this host slept: what was sent meanwhile may still come. Nothing: it is silent."""
        late_s = now_s - self._due_s
        if late_s <= _PUNCTUAL_S or self._listens_on:
            return []
        self._listens_on = True
        return [self._until(now_s + min(2 * late_s, self._silence_s))]

    def _until(self, due_s: float) -> SetTimer:
        self._due_s = due_s
        return SetTimer(TIMER, due_s)
