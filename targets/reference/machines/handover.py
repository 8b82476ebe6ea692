"""A planned switchover, led by the old primary. Ignores leases and the router.

    draining  no new writes; until everything is acknowledged and the candidate holds it
    sealing   the candidate refuses this epoch's stream from now on, and says what it holds
    proposed  the register's compare-and-set decides; only a full ballot ends it

Given up before it was proposed, the old primary goes on; the seal that it leaves makes it take a new epoch.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.machines.grammar import Answer, Effects, Send, SetTimer
from targets.reference.machines.messages import Member, Place, Register, Seal, Sealed, SwitchOverAnswer

TIMER = "handover"
# Everything in it takes milliseconds; longer than this something is wrong, and clients wait.
WITHIN_S = 1.0


class Handover:
    """candidate: an eligible standby."""

    def __init__(self, via: str, request: int, candidate: Member, epoch: int) -> None:
        self._via, self._request = via, request
        self.candidate = candidate
        self.step: Literal["draining", "sealing", "proposed"] = "draining"
        self._target = epoch + 1

    def begin(self, now_s: float) -> Effects:
        return [SetTimer(TIMER, now_s + WITHIN_S)]

    def drained(self) -> Effects:
        """Everything is acknowledged, and the candidate holds it. Asked again until it has answered."""
        if self.step == "proposed":
            return []
        self.step = "sealing"
        return [Send(self.candidate.node, Seal(self._target))]

    def sealed(self, message: Sealed, last: Place) -> bool:
        """The candidate is sealed and holds everything: now the change may be proposed."""
        good = message.identity == self.candidate.identity and message.last == last
        if self.step != "sealing" or not good or message.epoch < self._target:
            return False
        self._target = message.epoch
        self.step = "proposed"
        return True

    def change(self, register: Register) -> Register:
        """The old primary comes back by the rule for all who come back."""
        rest = tuple(member for member in register.eligible if member.node != register.primary)
        return register.succeeded(self._target, self.candidate.node, rest)

    def answer(self, register: Register | None, why: str = "") -> Effects:
        """To the operator: did it happen? register: what is in force, None when nothing was proposed."""
        done = register is not None and register.primary == self.candidate.node
        detail = f"{self.candidate.node} is primary of epoch {register.epoch}" if register and done else why
        return [Answer(self._via, SwitchOverAnswer(self._request, done, detail))]
