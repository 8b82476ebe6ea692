"""A witness's desk: says what it knows, and carries out an operator's orders, one at a time.

    state     event                                  -> state
    idle      Maintain                                 reading   a full ballot
    reading   it shows what is wanted                  idle      answered
    reading   it shows something else                  changing  compare-and-set
    changing  it shows what is wanted                  idle      answered
    changing  it shows something else                  reading
    idle      PromoteOrder                             leading   the coordinator's steps, without votes
    leading   the coordinator has ended                idle      answered
    idle      PromoteOrder, an attempt is under way    waiting   one of the votes: it goes on to its end
    waiting   that attempt has ended                   leading   at once, before the next by votes
    any       too late                                 idle      answered: nobody knows

Maintenance is a part of the register: one compare-and-set turns it on for all, and a failover that was under
way compares with a value that is no more.
"""

from __future__ import annotations

from typing import Literal

from targets.reference.machines.detection.detector import NOBODY, Detector
from targets.reference.machines.failover.attempt import Attempt, Order
from targets.reference.machines.failover.coordinator import Coordinator
from targets.reference.machines.lease import NEVER_S, Granter, Reign
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.witness import switching
from targets.reference.machines.witness.accuser import Accuser
from targets.reference.machines.witness.keeper import Keeper
from targets.reference.machines.witness.switching import Switched, Switching
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    Effects,
    PowerAnswered,
    SetTimer,
    StopTimer,
)
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    AskStatus,
    FenceOrder,
    Maintain,
    OrderAnswer,
    Place,
    PrimaryIs,
    PromoteOrder,
    Register,
    StatusAnswer,
    WhoIsPrimary,
)
from targets.reference.machines.words.operating import StandingVote, WitnessStatus
from targets.reference.settings import Settings

TIMER, REMIND = "order", "remind"
# A ballot takes milliseconds, a majority that is away has this long to come back.
MAINTAIN_WITHIN_S = 5.0
# One of the witnesses reminds every ten minutes; one that is down leaves a gap, never silence.
REMIND_EACH_S = 600.0
# Of its steps: an order waits for what becomes of the coordinator's attempt.
LEADING = ("waiting", "leading")

Asked = WhoIsPrimary | AskStatus | Maintain | PromoteOrder | FenceOrder
ASKED: tuple[type, ...] = (WhoIsPrimary, AskStatus, Maintain, PromoteOrder, FenceOrder)


class Desk:
    """accuser, coordinator, detector, granter, keeper, registrar: the witness's own."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        *,
        registrar: Registrar,
        coordinator: Coordinator,
        granter: Granter,
        accuser: Accuser,
        detector: Detector,
        keeper: Keeper,
    ) -> None:
        self._name, self._settings = name, settings
        self._registrar, self._coordinator = registrar, coordinator
        self._granter, self._accuser = granter, accuser
        self._detector, self._keeper = detector, keeper
        self.step: Literal["idle", "reading", "changing", "waiting", "leading", "switching"] = "idle"
        self._order: Maintain | PromoteOrder | FenceOrder | None = None
        self._switching = Switching()
        self._via = ""
        self._heard: tuple[float, Place] = (NEVER_S, Place())
        self._heard_of = self._alarmed = NOBODY

    def begin(self, now_s: float) -> Effects:
        return [SetTimer(REMIND, now_s + REMIND_EACH_S * (self._settings.witnesses.index(self._name) + 1))]

    def heard(self, now_s: float, reign: Reign, last: Place) -> None:
        """A heartbeat: how far the primary was, for who has to decide what a promotion may lose."""
        self._heard, self._heard_of = (now_s, last), reign

    @property
    def maintenance(self) -> str:
        """By what this witness has accepted: enough to keep still, the register decides all the same."""
        return self._keeper.value.maintenance

    def asked(self, now_s: float, message: Asked, via: str) -> Effects:
        match message:
            case WhoIsPrimary(request):
                return [Answer(via, PrimaryIs(request, *self._detector.reign))]
            case AskStatus(request):
                return [Answer(via, StatusAnswer(request, self.status(now_s)))]
            case _ if self._keeper.acceptor is None:
                return [_answer(message, via, f"{self._name} has lost its store and copies from the others")]
            case _ if self._order is not None:
                return [_answer(message, via, f"{self._name} carries out another order; ask again")]
            case Maintain():
                self._order, self._via, self.step = message, via, "reading"
                return [SetTimer(TIMER, now_s + MAINTAIN_WITHIN_S), *self._registrar.read(now_s)]
            case PromoteOrder():
                return self._promote(now_s, message, via)
            case FenceOrder():
                return self._fence(now_s, message, via)

    def settled(self, now_s: float, register: Register) -> Effects:
        """A full ballot has shown this, whoever asked for it."""
        order = self._order
        if not isinstance(order, Maintain):
            return []
        if register.maintenance == order.why:
            return self._done(True, f"maintenance is {'on: ' + order.why if order.why else 'off'}")
        if self._registrar.busy:
            self.step = "reading"
            return []
        self.step = "changing"
        return self._registrar.change(now_s, register, register.maintained(order.why))

    def suspected(self, reason: str) -> Effects:
        """In maintenance nothing follows from it: a person has to know. Once a reign."""
        reign = self._detector.reign
        if not self.maintenance or self._alarmed == reign:
            return []
        self._alarmed = reign
        epoch, node = reign
        held = f"{node}, primary of epoch {epoch}, is held for failed ({reason})"
        why = f"maintenance is on ({self.maintenance})"
        return [Alert(f"{held}, and {why}: nobody fails over; `ctl promote NODE` does, by hand")]

    def led(self, now_s: float) -> Effects:
        """In one of the steps of LEADING: the coordinator's attempt may have ended."""
        order = self._order
        assert isinstance(order, PromoteOrder)
        if self.step == "waiting":
            return self._lead(now_s, order) if self._coordinator.step == "idle" else []
        ended = self._coordinator.take_ended()
        if ended is None:
            return []
        return self._done(ended.outcome == "promoted" or ended.primary == order.to, ended.detail)

    def fired(self, now_s: float, timer: str) -> Effects:
        if timer == REMIND:
            return self._remind(now_s)
        if timer == switching.TIMER:
            return self._switched(*self._switching.fired(now_s))
        if not isinstance(self._order, Maintain):
            return []
        if self.step == "changing":
            self._registrar.abandon()
        why = f"no majority of the witnesses answered in {MAINTAIN_WITHIN_S:g} s"
        return self._done(False, f"{why}: nobody knows, it may still come")

    def powered(self, now_s: float, event: PowerAnswered) -> Effects:
        """The fence device has answered a question of ours: its number is below nought."""
        return self._switched(*self._switching.answered(now_s, event))

    def status(self, now_s: float) -> WitnessStatus:
        acceptor, reign = self._keeper.acceptor, self._detector.reign
        holder = self._granter.holder(now_s)
        heard_s, heard = self._heard if self._heard_of == reign else (NEVER_S, Place())
        return WitnessStatus(
            witness=self._name,
            has_store=acceptor is not None,
            register=self._keeper.value,
            ballot=acceptor.state.accepted if acceptor else NO_BALLOT,
            known_epoch=self._granter.known_epoch,
            grant=holder or (0, ""),
            lease_s=self._granter.over_s(holder) - now_s if holder else 0.0,
            ready_in_s=max(0.0, self._granter.ready_s - now_s),
            watched=reign,
            heard_ago_s=now_s - heard_s,
            heard=heard,
            suspects=self._accuser.reason,
            votes=tuple(
                StandingVote(voter=v, left_s=left_s) for v, left_s in self._accuser.votes.left(now_s, reign)
            ),
            leads="" if self._coordinator.step == "idle" else self._coordinator.step,
            outcomes=dict[str, int](self._coordinator.outcomes.items()),
        )

    def _promote(self, now_s: float, message: PromoteOrder, via: str) -> Effects:
        """Attempts by votes that cannot succeed fill most of the time: an order is not refused for one."""
        self._order, self._via, self.step = message, via, "waiting"
        return self.led(now_s)

    def _lead(self, now_s: float, message: PromoteOrder) -> Effects:
        self.step = "leading"
        self._coordinator.take_ended()  # of an attempt before this one
        order = Order(message.to, message.forced, message.by)
        attempt = Attempt((message.epoch, message.primary), order=order)
        return self._coordinator.begin(now_s, attempt)

    def _fence(self, now_s: float, message: FenceOrder, via: str) -> Effects:
        if self._settings.fence != "device":
            return [_answer(message, via, "this stack has no fence device: its settings say `fence: none`")]
        if message.node not in self._settings.nodes:
            return [_answer(message, via, f"there is no data node '{message.node}'")]
        self._order, self._via, self.step = message, via, "switching"
        alert = Alert(f"{message.by} has {message.node} switched {message.wanted}")
        return [alert, *self._switching.begin(now_s, message)]

    def _switched(self, effects: Effects, switched: Switched | None) -> Effects:
        return [*effects, *(self._done(switched.ok, switched.detail) if switched else [])]

    def _remind(self, now_s: float) -> Effects:
        again = SetTimer(REMIND, now_s + REMIND_EACH_S * len(self._settings.witnesses))
        if not self.maintenance:
            return [again]
        text = f"maintenance is still on, nobody fails over by itself: {self.maintenance}"
        return [Alert(f"{text}; `ctl maintenance off` ends it"), again]

    def _done(self, ok: bool, detail: str) -> Effects:
        assert self._order is not None
        answer = Answer(self._via, OrderAnswer(self._order.request, ok, detail))
        self._order, self.step = None, "idle"
        return [StopTimer(TIMER), answer]


def _answer(message: Maintain | PromoteOrder | FenceOrder, via: str, why_not: str) -> Answer:
    return Answer(via, OrderAnswer(message.request, False, why_not))
