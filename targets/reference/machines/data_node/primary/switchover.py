"""A primary's side of a switchover: may there be one, when does it go on, how does it end. Ignores leases.

One at a time. What is said on the way, and when it is ready, is the handover's.
"""

from __future__ import annotations

from collections.abc import Callable

from targets.reference.defects import SWITCHOVER_WITHOUT_SEAL
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary import handover as switch
from targets.reference.machines.data_node.primary.handover import Handover
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.words.grammar import Effects, Send, StopTimer
from targets.reference.machines.words.messages import Member, Promote, Register, Sealed, SwitchOver


class Switchover:
    """handover: the one under way. proposes: has the register changed."""

    def __init__(
        self,
        own: Own,
        epoch: int,
        replication: Replication,
        proposes: Callable[[float, Register], Effects],
    ) -> None:
        self._own, self._epoch, self._proposes = own, epoch, proposes
        self._replication, self._counting = replication, replication.counting
        self.handover: Handover | None = None

    def problem(self, to: str) -> str:
        """Why it cannot be; "" when it can."""
        eligible = {member.node: member.identity for member in self._counting.register.eligible}
        following = {member.node for member in self._replication.following()}
        if self.handover is not None:
            return "a switchover is under way"
        if to == self._own.name:
            return f"{to} is primary already"
        if to in self._own.settings.cold and to not in following:
            return f"{to} is cold and does not run; a failover starts it, or a promotion by hand does"
        if to not in eligible or eligible[to] != self._replication.identity(to):
            return f"{to} is not an eligible standby that follows"
        return ""

    def begin(self, now_s: float, message: SwitchOver, via: str) -> Effects:
        own = self._own
        candidate = Member(message.to, self._replication.identity(message.to))
        self.handover = Handover(
            own.settings, candidate, self._epoch, via=via, request=message.request, defects=own.defects
        )
        return self.handover.begin(now_s)

    def moved(self, now_s: float) -> Effects:
        """Something was acknowledged, or a standby holds more. Only while the lease lasts."""
        handover, own = self.handover, self._own
        if handover is None or own.registrar.busy:
            return []
        drained = self._counting.acknowledged == own.log.last.position
        if not drained or not self._replication.has_all(handover.candidate.node):
            return []
        if SWITCHOVER_WITHOUT_SEAL in own.defects:
            return self._proposes(now_s, handover.propose(self._counting.register))
        return handover.drained(self._counting.register)

    def sealed(self, now_s: float, message: Sealed) -> Effects:
        """Only a switchover asks for a seal."""
        handover, own = self.handover, self._own
        if handover is None or own.registrar.busy:
            return []
        handover.sealed(message)
        if not handover.ready(own.log.last):
            return []
        return handover.gathers(now_s, self._counting.register) or self.propose(now_s)

    def propose(self, now_s: float) -> Effects:
        handover, own = self.handover, self._own
        if handover is None or own.registrar.busy or not handover.ready(own.log.last):
            return []
        return self._proposes(now_s, handover.propose(self._counting.register))

    # --- its end ----------------------------------------------------------------------------------

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this, and it is this very reign."""
        if self.handover is None or self.handover.step != "proposed":
            return []
        if self.handover.only_maintenance_moved(register):
            return self._proposes(now_s, self.handover.propose(register))
        return self.end(register, "the register kept this primary")

    def left(self, register: Register | None) -> Effects:
        """The reign is over."""
        if self.handover is None:
            return []
        is_done = register is not None and register.primary == self.handover.candidate.node
        told = [Send(register.primary, Promote(register.epoch))] if register and is_done else []
        return [*told, *self.end(register, "another primary was promoted meanwhile")]

    def give_up(self) -> Effects:
        """Once it is proposed only the register can end it."""
        resumes = SWITCHOVER_WITHOUT_SEAL in self._own.defects
        if self.handover is None or (self.handover.step == "proposed" and not resumes):
            return []
        return self.end(None, f"not within {switch.WITHIN_S:g} s: it was still {self.handover.step}")

    def end(self, register: Register | None, why: str) -> Effects:
        if self.handover is None:
            return []
        answer = self.handover.answer(register, why)
        self.handover = None
        return [StopTimer(switch.TIMER), StopTimer(switch.GATHER), *answer]
