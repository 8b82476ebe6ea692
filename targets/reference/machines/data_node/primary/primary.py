"""A primary: holds a lease, takes writes, answers reads. Reigns in one epoch that a full ballot has named.

    state   event                                   -> state
    taking  lease held and its mark acknowledged       serving   router moved, canary sent
    serving lease run out                              fenced    refuses reads and writes, keeps what waits
    fenced  lease granted again, same epoch            serving
    any     the register names another, or a seal      left      what waits is told "unknown"
    any     refused as too old, still named after L    left      takes a newer epoch, what waits goes on

The lease is looked at before a write is accepted, before its acknowledgement is decided, and after a read.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.defects import DEGRADE_WITHOUT_THE_REGISTER, GOES_ON_AFTER_HAND_BACK
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary import business, eligibility, retaking, shipping
from targets.reference.machines.data_node.primary import handover as switch
from targets.reference.machines.data_node.primary.alarms import Alarms
from targets.reference.machines.data_node.primary.business import Business
from targets.reference.machines.data_node.primary.clients import Clients
from targets.reference.machines.data_node.primary.eligibility import Eligibility
from targets.reference.machines.data_node.primary.replication import Replication
from targets.reference.machines.data_node.primary.retaking import Retaking
from targets.reference.machines.data_node.primary.shipping import Shipping
from targets.reference.machines.data_node.primary.switchover import Switchover
from targets.reference.machines.data_node.primary.tenure import TIMER as LEASE
from targets.reference.machines.data_node.primary.tenure import Tenure
from targets.reference.machines.data_node.primary.waiting import WaitingWrites
from targets.reference.machines.words.grammar import (
    Answer,
    Claim,
    Effects,
    LetGo,
    Send,
    SetTimer,
    StopTimer,
    Tell,
)
from targets.reference.machines.words.messages import (
    Follow,
    FollowRefused,
    Granted,
    HandBack,
    Heartbeat,
    HeartbeatRefused,
    MissingAnswer,
    Promote,
    Record,
    Register,
    Sealed,
    Shipped,
    StreamAck,
    StreamRefused,
    SwitchOver,
    SwitchOverAnswer,
)
from targets.reference.machines.words.operating import StandbyStatus

BEAT = "beat"
TIMERS = (BEAT, LEASE, retaking.TIMER, eligibility.TIMER, switch.TIMER, switch.GATHER, shipping.TIMER)


class Primary:
    """Of one epoch. waiting: writes taken over from an older epoch of this very process.

    counting: for those who watch, up to where everything is acknowledged and may be shown.
    """

    def __init__(self, own: Own, register: Register, waiting: WaitingWrites | None = None) -> None:
        self._own, self.epoch = own, register.epoch
        self._waiting = waiting or WaitingWrites()
        self._begun_s = 0.0
        self._retaking = Retaking(own, register.epoch)
        self._business = Business(own.settings.canary_s)
        self._mark = Record(register.epoch, own.log.last.position + 1, "", "")
        self._seal = own.seal(register.epoch)
        self._append = own.append((self._mark,))
        self._replication = Replication(own.log, register, own.settings, own.defects)
        self.counting = self._replication.counting
        self._shipping = Shipping(own, register.epoch, self._replication)
        self._switchover = Switchover(own, register.epoch, self._replication, self._propose)
        self._eligibility = Eligibility(own, self._replication, self._waits_since_s)
        self._tenure = Tenure(own, register.epoch)
        self._alarms = Alarms(
            own,
            self._waiting,
            mark=self._mark.position,
            tenure=self._tenure,
            replication=self._replication,
        )
        self.clients = Clients(
            own,
            register.epoch,
            self._waiting,
            tenure=self._tenure,
            counting=self.counting,
            switchover=self._switchover,
            appends=self._append_one,
        )

    def begin(self, now_s: float) -> Effects:
        self._begun_s = now_s
        self._eligibility.begin(now_s)
        self._alarms.begin(now_s)
        others = [node for node in self._own.settings.nodes if node != self._own.name]
        # Whoever follows an older epoch, or reigns in it, need not wait until it notices.
        hints = [Send(node, Promote(self.epoch)) for node in others]
        self._business.begin(now_s)
        return [
            *self._seal,
            Claim(self.epoch),
            *self._append,
            *self._beat(now_s),
            *hints,
            *self._shipping.begin(now_s),
        ]

    # --- what it is -------------------------------------------------------------------------------

    @property
    def state(self) -> Literal["taking", "serving", "fenced"]:
        """Of the table above; who has left is no role any more."""
        if not self._tenure.is_open:
            return "taking"
        return "serving" if self._tenure.serves else "fenced"

    @property
    def role(self) -> Literal["primary", "fenced"]:
        return "primary" if self._tenure.serves else "fenced"

    @property
    def waiting_writes(self) -> int:
        return len(self._waiting)

    def serving(self, now_s: float) -> bool:
        return self._tenure.serving(now_s)

    def lease_s(self, now_s: float) -> float:
        """What is left of it."""
        return self._tenure.left_s(now_s)

    def stuck_s(self, now_s: float) -> float:
        """For so long its disk has had something to write and has finished nothing."""
        return self._business.stuck_s(now_s)

    def standbys(self, now_s: float) -> tuple[StandbyStatus, ...]:
        return self._alarms.standbys(now_s)

    # --- operators --------------------------------------------------------------------------------

    def switch_over(self, now_s: float, message: SwitchOver, via: str) -> Effects:
        serves = self.serving(now_s)
        problem = self._switchover.problem(message.to) if serves else f"{self._own.name} does not serve"
        if problem:
            return [Answer(via, SwitchOverAnswer(message.request, False, problem))]
        begun = self._switchover.begin(now_s, message, via)
        handed_back = self._hand_back() if GOES_ON_AFTER_HAND_BACK in self._own.defects else []
        return [*begun, *handed_back, *self._handed_over(now_s)]

    # --- witnesses --------------------------------------------------------------------------------

    def granted(self, now_s: float, witness: str, message: Granted) -> Effects:
        if not self._tenure.granted(now_s, witness, message):
            return []
        return [self._tenure.until_it_ends(now_s), *self._advance(now_s), *self._tenure.resume()]

    def heartbeat_refused(self, now_s: float, message: HeartbeatRefused) -> Effects:
        if message.epoch != self.epoch:
            return []
        return self._retaking.refused(now_s, message.known_epoch)

    def missing(self, now_s: float, witness: str, message: MissingAnswer) -> Effects:
        """A witness's word on a standby that does not follow."""
        return [*self._eligibility.answered(now_s, witness, message), *self._moved(now_s)]

    # --- standbys ---------------------------------------------------------------------------------

    def follow(self, now_s: float, message: Follow, via: str) -> Effects:
        if message.epoch != self.epoch:
            return [Answer(via, FollowRefused(self.epoch, self._own.name))]
        return [*self._replication.follow(now_s, message, via), *self._moved(now_s)]

    def acked(self, now_s: float, message: StreamAck) -> Effects:
        return [*self._replication.ack(now_s, message), *self._moved(now_s)]

    def stream_refused(self, now_s: float, message: StreamRefused) -> Effects:
        if message.epoch == self.epoch and message.sealed > self.epoch:
            # The seal of a switchover is its own; given up, it is refused again soon.
            return [] if self._switchover.handover else self._retaking.refused(now_s, message.sealed)
        return self._replication.refused(message)

    def sealed(self, now_s: float, message: Sealed) -> Effects:
        return self._switchover.sealed(now_s, message)

    def shipped(self, now_s: float, message: Shipped) -> Effects:
        return self._shipping.shipped(now_s, message)

    # --- its disk and its timers ------------------------------------------------------------------

    def wrote(self, now_s: float) -> Effects:
        own = self._own
        self._business.durable(now_s, everything=own.durable == own.log.last)
        self.counting.durable = own.durable.position
        return self._moved(now_s)

    def fired(self, now_s: float, timer: str) -> Effects:
        match timer:
            case "beat":
                return self._beat(now_s)
            case "lease":
                return self._tenure.fired(now_s)
            case retaking.TIMER:
                return self._retaking.fired(now_s)
            case eligibility.TIMER:
                return self._moved(now_s)
            case shipping.TIMER:
                return self._shipping.fired(now_s)
            case switch.GATHER:
                return self._switchover.propose(now_s)
            case _:
                return self._switchover.give_up()

    # --- the register -----------------------------------------------------------------------------

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this, and it is this very reign."""
        before = self.counting.register.eligible
        self.counting.resolved(register)
        effects: Effects = [
            Tell("rejoined", self.epoch, member.node) for member in register.eligible if member not in before
        ]
        effects += self._switchover.settled(now_s, register)
        if self._retaking.is_due and not self._own.registrar.busy:
            newer = self._retaking.newer(register)
            return [*effects, *self._own.registrar.change(now_s, register, newer)]
        return [*effects, *self._moved(now_s)]

    def leave(self, register: Register | None) -> Effects:
        """For another primary, or for nobody knows whom. The epoch is given up for ever before it is said."""
        effects = [*self._stop(), LetGo(self.epoch), *self.clients.left()]
        self._own.lease.drop(self.epoch)
        return [*effects, *self._hand_back(), *self._switchover.left(register)]

    def renew(self, register: Register) -> tuple[Effects, Primary]:
        """This node's next epoch: what waits goes on, those who follow are told."""
        effects = self._stop()
        effects += self._switchover.end(register, "given up: this primary had to take a new epoch")
        effects += self._replication.farewell(FollowRefused(register.epoch, register.primary))
        return effects, Primary(self._own, register, self._waiting)

    def _hand_back(self) -> Effects:
        own = self._own
        return [Send(witness, HandBack(self.epoch, own.name)) for witness in own.settings.witnesses]

    def _stop(self) -> Effects:
        return [StopTimer(timer) for timer in TIMERS]

    # --- what follows from it ---------------------------------------------------------------------

    def _moved(self, now_s: float) -> Effects:
        """While it hands over, nothing else is proposed."""
        if self._switchover.handover is not None:
            return [*self._advance(now_s), *self._handed_over(now_s)]
        return [*self._advance(now_s), *self._change_eligible(now_s)]

    def _handed_over(self, now_s: float) -> Effects:
        return self._switchover.moved(now_s) if self._tenure.leased(now_s) else []

    def _advance(self, now_s: float) -> Effects:
        """Acknowledge all that the rule allows, if the lease allows it now."""
        counting, own = self.counting, self._own
        upto = counting.reachable()
        if upto <= counting.acknowledged or not self._tenure.leased(now_s):
            return []
        effects = self.clients.acknowledged(upto)
        own.table.apply(own.log, upto)
        counting.acknowledged = upto
        self._business.acknowledged(now_s, upto, reads=own.table.value(business.KEY))
        return effects if self._tenure.is_open else [*effects, *self._tenure.open()]

    def _waits_since_s(self) -> float | None:
        """Since when the next write, or the opening of the reign, is waited for."""
        return self._waiting.oldest_s if self._tenure.is_open else self._begun_s

    def _change_eligible(self, now_s: float) -> Effects:
        """If it is time for it."""
        if (
            self._eligibility.rests
            or self._switchover.handover is not None
            or self._own.registrar.busy
            or not self._tenure.leased(now_s)
        ):
            return []
        change = self._eligibility.change(now_s, is_open=self._tenure.is_open)
        if change is None:
            return []
        if DEGRADE_WITHOUT_THE_REGISTER in self._own.defects and len(change.eligible) == 1:
            self.counting.resolved(change)
            return []
        return self._propose(now_s, change)

    def _propose(self, now_s: float, change: Register) -> Effects:
        """Until it is resolved both rules must be met."""
        expected = self.counting.register
        self.counting.proposed(change)
        return self._own.registrar.change(now_s, expected, change)

    def _beat(self, now_s: float) -> Effects:
        own = self._own
        self._tenure.asked(now_s)
        beat = Heartbeat(self.epoch, own.name, now_s, own.durable, self.stuck_s(now_s), self._mark.position)
        effects: Effects = [Send(witness, beat) for witness in own.settings.witnesses]
        effects.append(SetTimer(BEAT, now_s + own.settings.detector.interval_s))
        effects += [*self._replication.beat(now_s), *self._eligibility.beat(now_s)]
        effects += self._eligibility.due(now_s)
        effects += [*self._moved(now_s), *self._canary(now_s), *self._shipping.beat()]
        return [*effects, *self._alarms.beat(now_s)]

    def _canary(self, now_s: float) -> Effects:
        """While it hands over nothing new is written."""
        if not self.serving(now_s) or self._switchover.handover is not None or not self._business.due(now_s):
            return []
        return self._append_one(now_s, self._business.canary(self.epoch, self._own.log.last.position + 1))

    def _append_one(self, now_s: float, record: Record) -> Effects:
        self._business.appended(now_s)
        self._alarms.appended(now_s, record)
        return [*self._own.append((record,)), *self._replication.appended()]
