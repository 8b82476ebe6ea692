"""In async mode: whoever takes over lacks no more than max_lag of what its voters had heard of."""

from __future__ import annotations

from targets.reference.machines.failover.sealing import Heard
from targets.reference.machines.lease import Reign
from targets.reference.machines.words.messages import Heartbeat, Place, Register
from targets.reference.settings import Settings
from targets.reference.truth.findings import Findings, Seat
from targets.reference.truth.records import Stored


class Lags:
    """Of one run. What a majority has heard is surely known to who coordinates: one of it voted."""

    def __init__(self, settings: Settings, findings: Findings, stored: Stored) -> None:
        self._settings, self._findings, self._stored = settings, findings, stored
        self._heard: dict[Reign, dict[str, Heard]] = {}

    def heard(self, witness: Seat, beat: Heartbeat) -> None:
        heard = self._heard.setdefault((beat.epoch, beat.node), {})
        before = heard.get(witness.host, Heard())
        heard[witness.host] = max(before, Heard(beat.last, beat.opened))

    def began(self, witness: Seat) -> None:
        """Restarted: what its former life had heard it has forgotten, as the stated limit allows."""
        for heard in self._heard.values():
            heard.pop(witness.host, None)

    def changed(self, seat: Seat, before: Register, now: Register) -> None:
        stored = self._stored(now.primary) if before.primary not in ("", now.primary) else None
        if stored is None:
            return
        heard = sorted(self._heard.get((before.epoch, before.primary), {}).values(), reverse=True)
        if len(heard) < self._settings.majority:
            return
        last = Place(stored[1][-1].epoch, stored[1][-1].position) if stored[1] else Place()
        missing = heard[self._settings.majority - 1].missing(last)
        if missing > self._settings.max_lag:
            detail = f"{now.primary} takes over and lacks {missing} records, max_lag {self._settings.max_lag}"
            self._findings.broken(seat, "too-far-promoted", detail)
