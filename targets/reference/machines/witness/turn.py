"""When a witness may lead a failover: a place in line, and what puts it off. Ignores who has failed.

The first witness leads at once, the others one stagger after another. Two that lead at once only take each
other's ballots away, so each gives way to a ballot of one before it, and for longer to anybody's fence.
"""

from __future__ import annotations

from targets.reference.machines.lease import NEVER_S
from targets.reference.settings import Settings

# All of them come within the stated time of a vote.
_STAGGER_S = 0.03
# So long is one ballot given way to.
_YIELD_S = 0.05
# Nobody can take over: only the old primary can help, and every ballot of ours is in its way.
_HOPELESS_S = 1.0
# Who leads repeats its fences each interval while it lives. Two: one that is lost means nothing.
_SILENT_INTERVALS = 2


class Turn:
    """Against one reign, while a majority's votes stand."""

    def __init__(self, name: str, settings: Settings) -> None:
        place = settings.witnesses.index(name)
        self._before = settings.witnesses[:place]
        self._stagger_s = _STAGGER_S * place
        self._interval_s = settings.detector.interval_s
        self.lapse()
        self._put_off_s = NEVER_S

    def reset(self) -> None:
        """Another reign is watched."""
        self.lapse()
        self._put_off_s = NEVER_S

    def lapse(self) -> None:
        """No majority's votes stand."""
        self._from_s: float | None = None

    def saw_ballot(self, now_s: float, proposer: str) -> None:
        if proposer in self._before:
            self._put_off_s = max(self._put_off_s, now_s + _YIELD_S)

    def saw_fence(self, now_s: float) -> None:
        """Another one leads, and says so each interval; should it die, somebody takes over."""
        self._put_off_s = now_s + _SILENT_INTERVALS * self._interval_s + self._stagger_s

    def due_s(self, now_s: float) -> float:
        """A majority's votes stand: from when on to lead."""
        if self._from_s is None:
            self._from_s = now_s + self._stagger_s
        return max(self._from_s, self._put_off_s)

    def taken(self, now_s: float, *, hopeless: bool) -> None:
        """Should it fail, begin again, but not at once."""
        self._from_s = now_s + (_HOPELESS_S if hopeless else self._interval_s)
