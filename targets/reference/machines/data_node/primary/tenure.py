"""A primary's lease over its epoch, and whether it serves by it. Ignores what is written and read.

Open once the reign's mark is acknowledged. The lease is its own clock's business: what the witnesses have
granted counts from the send stamps that they echo.
"""

from __future__ import annotations

from targets.reference.defects import (
    LEASE_FROM_ANSWER,
    LEASE_FROM_NEWEST_SEND,
    NO_LEASE_CHECK,
    ROUTER_LEFT_BEHIND,
)
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.words.grammar import Effects, Redirect, SetTimer, Tell, TellRole, Validate
from targets.reference.machines.words.messages import Granted

TIMER = "lease"
# A timer is never set for a moment that has passed.
_SOONEST_S = 0.001


class Tenure:
    """Of one reign. is_open: its mark is acknowledged. serves: what was told to the outside last."""

    def __init__(self, own: Own, epoch: int) -> None:
        self._own, self._epoch = own, epoch
        self.is_open = self.serves = False
        self._sent_s = 0.0

    def leased(self, now_s: float) -> bool:
        return self._own.lease.valid(now_s, self._epoch) or NO_LEASE_CHECK in self._own.defects

    def serving(self, now_s: float) -> bool:
        return self.is_open and self.leased(now_s)

    def left_s(self, now_s: float) -> float:
        """What is left of the lease."""
        return max(0.0, self._own.lease.until_s(self._epoch) - now_s)

    # --- the lease ----------------------------------------------------------------------------------

    def asked(self, now_s: float) -> None:
        """Its heartbeat has just gone out."""
        self._sent_s = now_s

    def granted(self, now_s: float, witness: str, message: Granted) -> bool:
        """Whether there is a lease now where there was none."""
        had = self.leased(now_s)
        self._own.lease.granted(witness, message.epoch, self._counts_from_s(now_s, message))
        return not had and self.leased(now_s)

    def _counts_from_s(self, now_s: float, message: Granted) -> float:
        if LEASE_FROM_ANSWER in self._own.defects:
            return now_s
        return self._sent_s if LEASE_FROM_NEWEST_SEND in self._own.defects else message.sent_s

    def until_it_ends(self, now_s: float) -> SetTimer:
        return SetTimer(TIMER, max(self._own.lease.until_s(self._epoch), now_s + _SOONEST_S))

    def fired(self, now_s: float) -> Effects:
        """It has been renewed meanwhile, or this node fences itself."""
        if self._own.lease.valid(now_s, self._epoch):
            return [self.until_it_ends(now_s)]
        if not self.serves or self.leased(now_s):
            return []
        self.serves = False
        return [TellRole("fenced", self._epoch)]

    # --- serving ------------------------------------------------------------------------------------

    def open(self) -> Effects:
        """Its mark is acknowledged."""
        own = self._own
        self.is_open = self.serves = True
        return [
            TellRole("primary", self._epoch),
            Tell("promoted", self._epoch, own.name),
            *([] if ROUTER_LEFT_BEHIND in own.defects else [Redirect(own.name, self._epoch)]),
            Validate(self._epoch, own.name),
        ]

    def resume(self) -> Effects:
        """There is a lease again."""
        if not self.is_open or self.serves:
            return []
        self.serves = True
        return [TellRole("primary", self._epoch)]
