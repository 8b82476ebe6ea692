"""A primary's own view of its business: does its disk finish what it is given, does a canary come back?

    state    event                                 -> state
    idle     a record is appended                     writing
    writing  the disk has finished some of it         writing   its clock starts anew
    writing  all is durable                           idle

The canary is a record without a user's key, like the mark that opens an epoch. Only an idle primary writes
one, at most one at a time: what clients write shows the same. One that waits for a standby says nothing about
this primary: a failover would help nobody.
"""

from __future__ import annotations

from targets.reference.machines.words.messages import Record

KEY = ""
_IDLE_S = float("inf")


class Business:
    """Of one reign. canary_s: so long nothing was acknowledged before one is written."""

    def __init__(self, canary_s: float) -> None:
        self._canary_s = canary_s
        self._moved_s = self._proved_s = _IDLE_S
        self._canary: Record | None = None
        self._written = 0
        self._failed_s = _IDLE_S

    def begin(self, now_s: float) -> None:
        """Its mark is being written."""
        self._moved_s = self._proved_s = now_s

    def stuck_s(self, now_s: float) -> float:
        """For so long the disk has had something to write and has finished nothing, or reads are wrong."""
        return max(0.0, now_s - min(self._moved_s, self._failed_s))

    def due(self, now_s: float) -> bool:
        return self._canary is None and now_s - self._proved_s >= self._canary_s

    def canary(self, epoch: int, position: int) -> Record:
        """The next one; it is on its way from now on."""
        self._written += 1
        self._canary = Record(epoch, position, KEY, f"canary.{epoch}.{self._written}")
        return self._canary

    def appended(self, now_s: float) -> None:
        self._moved_s = min(self._moved_s, now_s)

    def durable(self, now_s: float, *, everything: bool) -> None:
        self._moved_s = _IDLE_S if everything else now_s

    def acknowledged(self, now_s: float, upto: int, *, reads: str) -> None:
        """Up to this position. reads: what the canary's key says now."""
        self._proved_s = now_s
        if self._canary is None or self._canary.position > upto:
            return
        self._failed_s = _IDLE_S if reads == self._canary.value else min(self._failed_s, now_s)
        self._canary = None
