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

from targets.reference.defects import (
    DEGRADE_WITHOUT_THE_REGISTER,
    GOES_ON_AFTER_HAND_BACK,
    LEASE_FROM_ANSWER,
    LEASE_FROM_NEWEST_SEND,
    NO_LEASE_CHECK,
    READS_LOCAL_RECORDS,
    ROUTER_LEFT_BEHIND,
    UNKNOWN_TOLD_AS_FAILED,
)
from targets.reference.machines import business, eligibility, lag, retaking
from targets.reference.machines import handover as switch
from targets.reference.machines.business import Business
from targets.reference.machines.eligibility import Eligibility
from targets.reference.machines.grammar import (
    Alert,
    Answer,
    Claim,
    Effects,
    Redirect,
    Send,
    SetTimer,
    StopTimer,
    Tell,
    TellRole,
    Validate,
)
from targets.reference.machines.lag import Lags
from targets.reference.machines.messages import (
    Follow,
    FollowRefused,
    Granted,
    HandBack,
    Heartbeat,
    HeartbeatRefused,
    MissingAnswer,
    Promote,
    Read,
    ReadAll,
    Record,
    Register,
    Reply,
    Sealed,
    StreamAck,
    StreamRefused,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from targets.reference.machines.operating import StandbyStatus
from targets.reference.machines.own import Own
from targets.reference.machines.replication import Replication
from targets.reference.machines.retaking import Retaking
from targets.reference.machines.switchover import Switchover
from targets.reference.machines.waiting import Waiting, WaitingWrites

BEAT, LEASE = "beat", "lease"
TIMERS = (BEAT, LEASE, retaking.TIMER, eligibility.TIMER, switch.TIMER, switch.GATHER)
NOT_SERVING = "this node does not serve: no lease, or not open yet"


class Primary:
    """Of one epoch. waiting: writes taken over from an older epoch of this very process."""

    def __init__(self, own: Own, register: Register, waiting: WaitingWrites | None = None) -> None:
        self._own, self.epoch = own, register.epoch
        self._waiting = waiting or WaitingWrites()
        self._open = self._serves = False
        self._begun_s = self._beat_s = 0.0
        self._retaking = Retaking(own, register.epoch)
        self._business = Business(own.settings.canary_s)
        self._mark = Record(register.epoch, own.log.last.position + 1, "", "")
        self._seal = own.seal(register.epoch)
        self._append = own.append((self._mark,))
        self._replication = Replication(own.log, register, own.settings, own.defects)
        self._counting = self._replication.counting
        self._switchover = Switchover(own, register.epoch, self._replication, self._propose)
        self._eligibility = Eligibility(own, self._replication)
        self._lags = self._lags_from(0.0)

    def begin(self, now_s: float) -> Effects:
        self._begun_s = now_s
        self._eligibility.begin(now_s)
        self._lags = self._lags_from(now_s)
        others = [node for node in self._own.settings.nodes if node != self._own.name]
        # Whoever follows an older epoch, or reigns in it, need not wait until it notices.
        hints = [Send(node, Promote(self.epoch)) for node in others]
        self._business.begin(now_s)
        return [*self._seal, Claim(self.epoch), *self._append, *self._beat(now_s), *hints]

    @property
    def state(self) -> Literal["taking", "serving", "fenced"]:
        """Of the table above; who has left is no role any more."""
        if not self._open:
            return "taking"
        return "serving" if self._serves else "fenced"

    @property
    def acknowledged(self) -> int:
        """The position up to which everything is acknowledged, and may be shown."""
        return self._counting.acknowledged

    def stuck_s(self, now_s: float) -> float:
        """For so long its disk has had something to write and has finished nothing."""
        return self._business.stuck_s(now_s)

    def serving(self, now_s: float) -> bool:
        return self._open and self._leased(now_s)

    @property
    def role(self) -> Literal["primary", "fenced"]:
        return "primary" if self._serves else "fenced"

    def lease_s(self, now_s: float) -> float:
        """What is left of it."""
        return max(0.0, self._own.lease.until_s(self.epoch) - now_s)

    @property
    def waiting_writes(self) -> int:
        return len(self._waiting)

    def standbys(self, now_s: float) -> tuple[StandbyStatus, ...]:
        return self._replication.states(now_s, self._lags)

    # --- clients ----------------------------------------------------------------------------------

    def write(self, now_s: float, message: Write, via: str) -> Effects:
        if not self.serving(now_s):
            return [self._fail(message.request, via, NOT_SERVING)]
        if self._switchover.handover is not None:
            return [self._fail(message.request, via, "switching over")]
        if self._waiting.full:
            return [self._fail(message.request, via, "too many writes wait already")]
        if not message.key:
            return [self._fail(message.request, via, "a key is not empty")]
        own = self._own
        position = own.log.last.position + 1
        self._waiting.add(now_s, position, via, message.request)
        return self._append_one(now_s, Record(self.epoch, position, message.key, message.value))

    def read(self, now_s: float, message: Read, via: str) -> Effects:
        if READS_LOCAL_RECORDS in self._own.defects:
            self._own.table.apply(self._own.log, self._own.log.last.position)
        value = self._own.table.value(message.key)
        if not self.serving(now_s):
            return [self._fail(message.request, via, NOT_SERVING)]
        return [Answer(via, Reply(message.request, "ok", self._own.name, self.epoch, value))]

    def read_all(self, now_s: float, message: ReadAll, via: str) -> Effects:
        shown = self._own.log.upto(self._counting.acknowledged)
        values = tuple(r.value for r in shown if r.key and r.value.startswith(message.prefix))
        if not self.serving(now_s):
            return [self._fail(message.request, via, NOT_SERVING)]
        return [Answer(via, Reply(message.request, "ok", self._own.name, self.epoch, values=values))]

    def switch_over(self, now_s: float, message: SwitchOver, via: str) -> Effects:
        serves = self.serving(now_s)
        problem = self._switchover.problem(message.to) if serves else f"{self._own.name} does not serve"
        if problem:
            return [Answer(via, SwitchOverAnswer(message.request, False, problem))]
        begun = self._switchover.begin(now_s, message, via)
        handed_back = self._hand_back() if GOES_ON_AFTER_HAND_BACK in self._own.defects else []
        return [*begun, *handed_back, *self._handed_over(now_s)]

    # --- lease ------------------------------------------------------------------------------------

    def granted(self, now_s: float, witness: str, message: Granted) -> Effects:
        had = self._leased(now_s)
        sent_s = message.sent_s
        if LEASE_FROM_ANSWER in self._own.defects:
            sent_s = now_s
        elif LEASE_FROM_NEWEST_SEND in self._own.defects:
            sent_s = self._beat_s
        self._own.lease.granted(witness, message.epoch, sent_s)
        if had or not self._leased(now_s):
            return []
        effects: Effects = [self._until_lease_ends(now_s), *self._advance(now_s)]
        if self._open and not self._serves:
            self._serves = True
            effects.append(TellRole("primary", self.epoch))
        return effects

    def heartbeat_refused(self, now_s: float, message: HeartbeatRefused) -> Effects:
        if message.epoch != self.epoch:
            return []
        return self._retaking.refused(now_s, message.known_epoch)

    def fired(self, now_s: float, timer: str) -> Effects:
        match timer:
            case "beat":
                return self._beat(now_s)
            case "lease":
                return self._lease_over(now_s)
            case retaking.TIMER:
                return self._retaking.fired(now_s)
            case eligibility.TIMER:
                return self._moved(now_s)
            case switch.GATHER:
                return self._switchover.propose(now_s)
            case _:
                return self._switchover.give_up()

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

    def missing(self, now_s: float, witness: str, message: MissingAnswer) -> Effects:
        """A witness's word on a standby that does not follow."""
        return [*self._eligibility.answered(now_s, witness, message), *self._moved(now_s)]

    def wrote(self, now_s: float) -> Effects:
        own = self._own
        self._business.durable(now_s, everything=own.durable == own.log.last)
        self._counting.durable = own.durable.position
        return self._moved(now_s)

    # --- the register -----------------------------------------------------------------------------

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this, and it is this very reign."""
        before = self._counting.register.eligible
        self._counting.resolved(register)
        effects: Effects = [
            Tell("rejoined", self.epoch, member.node) for member in register.eligible if member not in before
        ]
        effects += self._switchover.settled(register)
        if self._retaking.is_due and not self._own.registrar.busy:
            newer = self._retaking.newer(register)
            return [*effects, *self._own.registrar.change(now_s, register, newer)]
        return [*effects, *self._moved(now_s)]

    def leave(self, register: Register | None) -> Effects:
        """For another primary, or for nobody knows whom. The epoch is given up for ever before it is said."""
        own = self._own
        effects = self._stop()
        effects += [Answer(w.via, self._unknown(w.request)) for w in self._waiting.take_all()]
        own.lease.drop(self.epoch)
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
        return [*self._advance(now_s), *self._handed_over(now_s), *self._change_eligible(now_s)]

    def _handed_over(self, now_s: float) -> Effects:
        if self._switchover.handover is None or not self._leased(now_s):
            return []
        return self._switchover.moved(now_s)

    def _advance(self, now_s: float) -> Effects:
        """Acknowledge all that the rule allows, if the lease allows it now."""
        counting, own = self._counting, self._own
        upto = counting.reachable()
        if upto <= counting.acknowledged or not self._leased(now_s):
            return []
        effects: Effects = [self._done(write) for write in self._waiting.take(upto)]
        own.table.apply(own.log, upto)
        counting.acknowledged = upto
        self._business.acknowledged(now_s, upto, reads=own.table.value(business.KEY))
        if not self._open:
            effects += self._begin_to_serve()
        return effects

    def _begin_to_serve(self) -> Effects:
        own = self._own
        self._open = self._serves = True
        return [
            TellRole("primary", self.epoch),
            Tell("promoted", self.epoch, own.name),
            *([] if ROUTER_LEFT_BEHIND in own.defects else [Redirect(own.name, self.epoch)]),
            Validate(self.epoch, own.name),
        ]

    @property
    def _waits_since_s(self) -> float | None:
        """Since when the next write, or the opening of the reign, is waited for."""
        return self._waiting.oldest_s if self._open else self._begun_s

    def _change_eligible(self, now_s: float) -> Effects:
        """If it is time for it."""
        if self._switchover.handover is not None or self._own.registrar.busy or not self._leased(now_s):
            return []
        change = self._eligibility.change(now_s, is_open=self._open, waits_since_s=self._waits_since_s)
        if change is None:
            return []
        if DEGRADE_WITHOUT_THE_REGISTER in self._own.defects and len(change.eligible) == 1:
            self._counting.resolved(change)
            return []
        return self._propose(now_s, change)

    def _propose(self, now_s: float, change: Register) -> Effects:
        """Until it is resolved both rules must be met."""
        expected = self._counting.register
        self._counting.proposed(change)
        return self._own.registrar.change(now_s, expected, change)

    def _beat(self, now_s: float) -> Effects:
        own, self._beat_s = self._own, now_s
        beat = Heartbeat(self.epoch, own.name, now_s, own.durable, self.stuck_s(now_s), self._mark.position)
        effects: Effects = [Send(witness, beat) for witness in own.settings.witnesses]
        effects.append(SetTimer(BEAT, now_s + own.settings.detector.interval_s))
        effects += [*self._replication.beat(now_s), *self._eligibility.beat(now_s)]
        effects += self._eligibility.due(now_s, self._waits_since_s)
        effects += [*self._moved(now_s), *self._canary(now_s)]
        return [*effects, *self._complain(now_s), *self._lagging(now_s)]

    def _lagging(self, now_s: float) -> Effects:
        held = {member.node: self._replication.held(member) for member in self._replication.following()}
        return [Alert(f"{self._own.name}: {text}") for text in self._lags.look(now_s, held)]

    def _lags_from(self, begun_s: float) -> Lags:
        own = self._own
        return Lags(own.log, own.settings.lag_alert, mark=self._mark.position, begun_s=begun_s)

    def _canary(self, now_s: float) -> Effects:
        """While it hands over nothing new is written."""
        if not self.serving(now_s) or self._switchover.handover is not None or not self._business.due(now_s):
            return []
        return self._append_one(now_s, self._business.canary(self.epoch, self._own.log.last.position + 1))

    def _append_one(self, now_s: float, record: Record) -> Effects:
        self._business.appended(now_s)
        self._lags.appended(now_s, lag.size(record.key, record.value))
        return [*self._own.append((record,)), *self._replication.appended()]

    def _complain(self, now_s: float) -> Effects:
        """Writes that wait for a standby wait without a limit: a person should know."""
        long_s = 2 * self._own.settings.detector.silence_s
        if not self._leased(now_s) or not self._waiting.complaint_due(now_s, after_s=long_s):
            return []
        names = ", ".join(self._counting.waited_for())
        return [Alert(f"{self._own.name}: writes wait for {names or 'the disk'}; none is acknowledged")]

    def _leased(self, now_s: float) -> bool:
        return NO_LEASE_CHECK in self._own.defects or self._own.lease.valid(now_s, self.epoch)

    def _until_lease_ends(self, now_s: float) -> SetTimer:
        return SetTimer(LEASE, max(self._own.lease.until_s(self.epoch), now_s + 0.001))

    def _lease_over(self, now_s: float) -> Effects:
        if self._own.lease.valid(now_s, self.epoch):
            return [self._until_lease_ends(now_s)]
        if not self._serves or self._leased(now_s):
            return []
        self._serves = False
        return [TellRole("fenced", self.epoch)]

    # --- answers ----------------------------------------------------------------------------------

    def _fail(self, request: int, via: str, error: str) -> Answer:
        return Answer(via, Reply(request, "fail", self._own.name, self.epoch, error=error))

    def _done(self, write: Waiting) -> Answer:
        return Answer(write.via, Reply(write.request, "ok", self._own.name, self.epoch))

    def _unknown(self, request: int) -> Reply:
        error = "this node lost its reign before it was decided"
        if UNKNOWN_TOLD_AS_FAILED in self._own.defects:
            return Reply(request, "fail", self._own.name, self.epoch, error=error)
        return Reply(request, "unknown", self._own.name, self.epoch, error=error)
