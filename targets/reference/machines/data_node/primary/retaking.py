"""A live primary that is refused as too old. Ignores the ballots, and what waits.

    state    event                                     -> state
    calm     refused for a newer epoch                    asked    reads the register; one lease to go
    asked    the register names another                   (the reign ends)
    asked    a lease has passed, refused until lately     due      takes a newer epoch after a ballot
    asked    a lease has passed, refused no more          calm     whoever refused was merely ahead

A promotion that is given up leaves its seal: without this a false suspicion would block a healthy cluster.
"""

from __future__ import annotations

from targets.reference.defects import GIVEN_UP_PROMOTION_BLOCKS
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.words.grammar import Effects, SetTimer
from targets.reference.machines.words.messages import Register

TIMER = "retake"


class Retaking:
    """Of one reign."""

    def __init__(self, own: Own, epoch: int) -> None:
        self._own, self._epoch = own, epoch
        self._refused_for, self._refused_s = 0, 0.0
        self._asked = False
        self.is_due = False

    def refused(self, now_s: float, known_epoch: int) -> Effects:
        """Somebody knows a newer epoch: either another reigns, or a promotion was given up."""
        if known_epoch <= self._epoch:
            return []
        self._refused_for, self._refused_s = max(self._refused_for, known_epoch), now_s
        if self._asked or self.is_due:
            return []
        self._asked = True
        due_s = now_s + self._own.settings.granted_lease_s
        return [SetTimer(TIMER, due_s), *self._own.registrar.read(now_s)]

    def fired(self, now_s: float) -> Effects:
        """A lease has passed. Whoever refused and does so no more has merely been ahead of the register."""
        self.is_due = now_s - self._refused_s <= self._own.settings.detector.silence_s
        self._asked = False
        if GIVEN_UP_PROMOTION_BLOCKS in self._own.defects:
            return []
        return self._own.registrar.read(now_s) if self.is_due else []

    def newer(self, register: Register) -> Register:
        """Not below any that it was refused for, primary and `eligible` unchanged."""
        epoch = max(self._refused_for, self._epoch + 1)
        return register.succeeded(epoch, register.primary, register.eligible)
