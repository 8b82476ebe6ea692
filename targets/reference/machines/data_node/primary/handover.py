"""A planned switchover, led by the old primary. Ignores leases and the router.

    draining  no new writes; until everything is acknowledged and the candidate holds it
    sealing   the candidate refuses this epoch's stream from now on, and says what it holds
    proposed  the register's compare-and-set decides; only a full ballot ends it

With k < n an eligible standby may lack what was acknowledged: the others are sealed as well, and only those
whose last record is the candidate's stay eligible. They get a moment for it, and no more, since clients wait.

Given up before it was proposed, the old primary goes on; the seal that it leaves makes it take a new epoch.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import SWITCHOVER_KEEPS_LAGGARDS
from targets.reference.machines.words.grammar import Answer, Effects, Send, SetTimer
from targets.reference.machines.words.messages import Member, Place, Register, Seal, Sealed, SwitchOverAnswer
from targets.reference.settings import Settings

TIMER, GATHER = "handover", "handover gather"
# Everything in it takes milliseconds; longer than this something is wrong, and clients wait.
WITHIN_S = 1.0
_GATHER_S = 0.02


class Handover:
    """candidate: an eligible standby. via, request: the operator's."""

    def __init__(
        self,
        settings: Settings,
        candidate: Member,
        epoch: int,
        *,
        via: str,
        request: int,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._settings, self._defects = settings, defects
        self._via, self._request = via, request
        self.candidate = candidate
        self.step: Literal["draining", "sealing", "proposed"] = "draining"
        self._target = epoch + 1
        self._sealed: dict[Member, Place] = {}
        self._over = Register()  # what was proposed over

    def begin(self, now_s: float) -> Effects:
        return [SetTimer(TIMER, now_s + WITHIN_S)]

    def drained(self, register: Register) -> Effects:
        """Everything is acknowledged, and the candidate holds it. Asked again until it has answered."""
        if self.step == "proposed":
            return []
        self.step = "sealing"
        others = [] if self._all_stay(register) else self._others(register)
        return [Send(member.node, Seal(self._target)) for member in (self.candidate, *others)]

    def sealed(self, message: Sealed) -> None:
        """Any epoch above this reign's will do: its stream is refused."""
        member = Member(message.node, message.identity)
        if self.step == "sealing" and message.epoch >= self._target:
            self._sealed[member] = message.last
            if member == self.candidate:
                self._target = message.epoch

    def ready(self, last: Place) -> bool:
        """The candidate is sealed and holds everything."""
        return self.step == "sealing" and self._sealed.get(self.candidate) == last

    def gathers(self, now_s: float, register: Register) -> Effects:
        """Others may still say that they hold everything too; nothing when all have, or all stay."""
        if self._all_stay(register) or all(other in self._sealed for other in self._others(register)):
            return []
        return [SetTimer(GATHER, now_s + _GATHER_S)]

    def propose(self, register: Register) -> Register:
        """The change. The old primary comes back by the rule for all who come back."""
        self.step, self._over = "proposed", register
        last = self._sealed.get(self.candidate)
        keeps = self._all_stay(register) or SWITCHOVER_KEEPS_LAGGARDS in self._defects
        stay = [other for other in self._others(register) if keeps or self._sealed.get(other) == last]
        eligible = tuple(sorted([self.candidate, *stay]))
        return register.succeeded(self._target, self.candidate.node, eligible)

    def only_maintenance_moved(self, register: Register) -> bool:
        """In force is what was proposed over, but for an operator's word, which no primary hears of."""
        return register != self._over and register.maintained(self._over.maintenance) == self._over

    def answer(self, register: Register | None, why: str = "") -> Effects:
        """To the operator: did it happen? register: what is in force, None when nothing was proposed."""
        done = register is not None and register.primary == self.candidate.node
        detail = f"{self.candidate.node} is primary of epoch {register.epoch}" if register and done else why
        return [Answer(self._via, SwitchOverAnswer(self._request, done, detail))]

    def _others(self, register: Register) -> list[Member]:
        """Its other eligible standbys."""
        neither = (register.primary, self.candidate.node)
        return [member for member in register.eligible if member.node not in neither]

    def _all_stay(self, register: Register) -> bool:
        return self._settings.all_hold_all(len(self._others(register)) + 1)
