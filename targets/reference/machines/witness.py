"""A witness: keeps the register, grants leases, detects, votes; may lead a failover. Holds no user data.

    state    event                                     -> state
    copying  all others answered                          silent    (only without a store)
    silent   a whole lease has passed since the start     watching  grants and votes
    watching silence, or a hand-back, of the reign        voting    "suspected"; no renewal, repeats its vote
    voting   a heartbeat of the reign                     watching  its vote stands for one lease all the same
    any      a newer reign is learned                     watching  the detector's clock starts anew

With a majority's standing votes it leads the failover when its turn comes. In maintenance it suspects and
tells, and neither votes nor leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from targets.reference.defects import (
    COMES_BACK_EMPTY,
    LONE_WITNESS_DECIDES,
    WITNESS_FORGETS,
)
from targets.reference.machines import coordinator, copying, desk, detector, registrar
from targets.reference.machines import register as ballots
from targets.reference.machines.coordinator import Coordinator
from targets.reference.machines.copying import Copying
from targets.reference.machines.desk import Asked, Desk
from targets.reference.machines.detector import Detector
from targets.reference.machines.grammar import (
    Answer,
    Began,
    Effects,
    Event,
    Fired,
    Persist,
    Received,
    Send,
    SetTimer,
    StopTimer,
    Tell,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.lease import Granter, Reign
from targets.reference.machines.messages import (
    Accept,
    Accepted,
    BallotRefused,
    CopyAnswer,
    CopyRequest,
    Fence,
    Fenced,
    Granted,
    HandBack,
    HandBackNoted,
    Heartbeat,
    HeartbeatRefused,
    Here,
    LeaseOver,
    Prepare,
    Promised,
    Register,
    Sealed,
    Vote,
)
from targets.reference.machines.operating import WitnessStatus
from targets.reference.machines.register import Acceptor
from targets.reference.machines.registrar import Registrar
from targets.reference.machines.turn import Turn
from targets.reference.machines.votes import Votes
from targets.reference.settings import Settings

VOTE, LEAD, LEASE_OVER, REFRESH = "vote", "lead", "lease over", "refresh"
_REFRESH_S = 0.05


class Witness:
    """state: what its store holds, None when it has none. incarnation: drawn anew at each start."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        state: WitnessState | None,
        incarnation: int,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._name, self._settings = name, settings
        self._place = settings.witnesses.index(name)
        self._defects = defects
        if WITNESS_FORGETS in defects or (state is None and COMES_BACK_EMPTY in defects):
            state = ballots.newest(())
        self._acceptor = Acceptor(state, defects) if state else None
        self._copying = Copying(name, settings)
        self._granter = Granter(settings, defects)
        self._votes = Votes(settings.granted_lease_s)
        self._votes_needed = 1 if LONE_WITNESS_DECIDES in defects else settings.majority
        self._registrar = Registrar(name, incarnation, settings, defects)
        self._coordinator = Coordinator(settings, self._registrar, defects)
        self._proven: Reign = detector.NOBODY  # the newest that a heartbeat or a full ballot has shown
        self._detector = Detector(settings)
        self._voting = ""  # the reason, while it lasts
        self._turn = Turn(name, settings)
        self._refreshing = False
        self._awaited: dict[Reign, set[str]] = {}  # who wants to hear that our grant is over
        self._told = Register()
        self._desk = Desk(
            name,
            settings,
            registrar=self._registrar,
            coordinator=self._coordinator,
            granter=self._granter,
            detector=self._detector,
            votes=self._votes,
            acceptor=self._its_acceptor,
            suspects=self._its_reason,
        )
        self._events: Mapping[type, Callable[[float, Any], Effects]] = {
            Received: self._received,
            Fired: self._fired,
            Began: self._began,
        }
        # Whoever has no store yet answers these alone.
        self._of_copies: Mapping[type, Callable[[float, Any, Received], Effects]] = {
            CopyRequest: self._copy_asked,
            CopyAnswer: self._copied,
            **dict.fromkeys(desk.ASKED, self._asked),
        }
        self._messages: Mapping[type, Callable[[float, Any, Received], Effects]] = {
            **self._of_copies,
            **dict.fromkeys((Prepare, Accept), self._proposed),
            **dict.fromkeys((Promised, Accepted, BallotRefused), self._voted),
            Heartbeat: self._heartbeat,
            HandBack: self._hand_back,
            Vote: self._vote,
            Fence: self._fence,
            Fenced: self._told_fenced,
            LeaseOver: self._lease_over,
            Here: self._here,
            Sealed: self._sealed,
        }

    def _its_acceptor(self) -> Acceptor | None:
        return self._acceptor

    def _its_reason(self) -> str:
        return self._voting

    def status(self, now_s: float) -> WitnessStatus:
        """What it believes now."""
        return self._desk.status(now_s)

    def handle(self, now_s: float, event: Event) -> Effects:
        effects = self._take(now_s, event)
        while (register := self._registrar.take()) is not None:
            effects = [*effects, *self._settled(now_s, register)]
        return [*effects, *self._desk.led()] if self._desk.leads else effects

    def _take(self, now_s: float, event: Event) -> Effects:
        act = self._events.get(type(event))
        return act(now_s, event) if act else []

    def _began(self, now_s: float, event: Began) -> Effects:
        self._granter.began(now_s)
        if self._acceptor is None:
            return self._copying.begin(now_s)
        return self._ready(now_s, self._acceptor.state)

    def _ready(self, now_s: float, state: WitnessState) -> Effects:
        """From now on it answers for the register."""
        self._granter.accepted(state.value.epoch)
        return [*self._watch_newest(now_s), *self._desk.begin(now_s)]

    # --- messages ---------------------------------------------------------------------------------

    def _received(self, now_s: float, event: Received) -> Effects:
        acts = self._of_copies if self._acceptor is None else self._messages
        act = acts.get(type(event.message))
        return act(now_s, event.message, event) if act else []

    def _asked(self, now_s: float, message: Asked, event: Received) -> Effects:
        return self._desk.asked(now_s, message, event.via)

    def _copy_asked(self, now_s: float, message: CopyRequest, event: Received) -> Effects:
        state = self._acceptor.state if self._acceptor else None
        return [Answer(event.via, copying.answer(message, state))]

    def _copied(self, now_s: float, message: CopyAnswer, event: Received) -> Effects:
        effects = self._copying.answered(event.sender, message)
        state = self._copying.state
        if state is None or self._acceptor is not None:
            return effects
        self._acceptor = Acceptor(state, self._defects)
        return [*effects, Persist(state), StopTimer(copying.TIMER), *self._ready(now_s, state)]

    def _voted(self, now_s: float, message: Promised | Accepted | BallotRefused, event: Received) -> Effects:
        return self._registrar.handle(now_s, event.sender, message)

    def _proposed(self, now_s: float, message: Prepare | Accept, event: Received) -> Effects:
        acceptor = self._acceptor
        assert acceptor is not None
        self._registrar.heard(message.ballot)
        self._turn.saw_ballot(now_s, message.ballot[1])
        if isinstance(message, Accept) and self._too_early(now_s, acceptor, message):
            return [Answer(event.via, BallotRefused(message.ballot, acceptor.state.promised))]
        effects, answer = (
            acceptor.prepare(message) if isinstance(message, Prepare) else acceptor.accept(message)
        )
        effects.append(Answer(event.via, answer))
        if isinstance(answer, Accepted):
            self._granter.accepted(acceptor.state.value.epoch)
            effects += self._watch_newest(now_s)
        return effects

    def _too_early(self, now_s: float, acceptor: Acceptor, message: Accept) -> bool:
        """Another primary while our grant to the present one may last: the register never outruns a lease.

        The present one itself may hand over. For anybody else the grant is not renewed, and it runs out,
        unless that reign is fenced: what takes the place of a fenced reign was proposed over a committed one.
        """
        value, proposer = message.value, message.ballot[1]
        present = self._granter.holder(now_s)
        if now_s < self._granter.ready_s:
            present = (acceptor.state.value.epoch, acceptor.state.value.primary)
        if present is None or present[0] >= value.epoch or present[1] in ("", value.primary, proposer):
            return False
        if present in value.fenced:
            return False
        self._granter.block(now_s, present)
        return True

    def _heartbeat(self, now_s: float, message: Heartbeat, event: Received) -> Effects:
        reign = (message.epoch, message.node)
        self._learn_fenced(now_s, reign)
        granted = self._granter.heartbeat(now_s, message.epoch, message.node)
        answer = (
            Granted(message.epoch, message.node, message.sent_s)
            if granted
            else HeartbeatRefused(message.epoch, message.node, message.sent_s, self._granter.known_epoch)
        )
        effects: Effects = [Answer(event.via, answer), *self._learn(now_s, reign)]
        if reign != self._detector.reign:
            return effects
        self._desk.heard(now_s, reign, message.last)
        if not self._granter.handed_back(reign):
            self._voting = ""
        effects += self._coordinator.heard(*reign)
        return [
            *effects,
            *self._know_register(now_s),
            self._detector.heard(now_s, ready_s=self._granter.ready_s),
        ]

    def _hand_back(self, now_s: float, message: HandBack, event: Received) -> Effects:
        reign = (message.epoch, message.node)
        self._granter.hand_back(*reign)
        effects: Effects = [Answer(event.via, HandBackNoted(*reign)), *self._learn(now_s, reign)]
        effects += self._lease_maybe_over(now_s)
        if reign == self._detector.reign and not self._voting:
            effects += self._suspect(now_s, "handed back")
        return effects

    def _vote(self, now_s: float, message: Vote, event: Received) -> Effects:
        if event.sender not in self._settings.witnesses:
            return []
        self._votes.cast(now_s, event.sender, (message.epoch, message.node))
        return self._maybe_lead(now_s)

    def _fence(self, now_s: float, message: Fence, event: Received) -> Effects:
        """Only what a majority has confirmed, or an operator, stops a lease from being renewed."""
        sender = event.sender
        reign = (message.epoch, message.node)
        confirmed = len(set(message.voters) & set(self._settings.witnesses)) >= self._votes_needed
        if not confirmed and not message.ordered_by:
            return []
        if sender != self._name:
            self._turn.saw_fence(now_s)
        self._granter.block(now_s, reign)
        self._awaited.setdefault(reign, set()).add(sender)
        return self._lease_maybe_over(now_s)

    def _told_fenced(self, now_s: float, message: Fenced, event: Received) -> Effects:
        return self._fenced(now_s, (message.epoch, message.node))

    def _fenced(self, now_s: float, reign: Reign) -> Effects:
        self._granter.fenced(*reign)
        return self._lease_maybe_over(now_s)

    def _learn_fenced(self, now_s: float, proven: Reign) -> Effects:
        """A heartbeat proves that its reign was committed, and so was what that one was built on."""
        value = self._acceptor.state.value if self._acceptor else Register()
        ended = value.fenced if (value.epoch, value.primary) == proven else ()
        return [effect for reign in ended if reign < proven for effect in self._fenced(now_s, reign)]

    def _lease_over(self, now_s: float, message: LeaseOver, event: Received) -> Effects:
        return self._coordinator.lease_over(now_s, event.sender, message)

    def _here(self, now_s: float, message: Here, event: Received) -> Effects:
        return self._coordinator.here(now_s, message)

    def _sealed(self, now_s: float, message: Sealed, event: Received) -> Effects:
        return self._coordinator.sealed(now_s, message)

    # --- timers -----------------------------------------------------------------------------------

    def _fired(self, now_s: float, event: Fired) -> Effects:
        timer = event.timer
        if timer == copying.TIMER:
            return self._copying.fired(now_s)
        if self._acceptor is None:
            return []
        match timer:
            case ballots.TIMER | registrar.AGAIN:
                return self._registrar.fired(now_s, timer)
            case coordinator.TIMER:
                return self._coordinator.fired(now_s)
            case detector.TIMER:
                return self._silent(now_s)
            case desk.TIMER | desk.REMIND:
                return self._desk.fired(now_s, timer)
            case "vote":
                return self._repeat_vote(now_s)
            case "lead":
                return self._maybe_lead(now_s)
            case "lease over":
                return self._lease_maybe_over(now_s)
            case "refresh":
                self._refreshing = False
                return self._registrar.read(now_s) if self._is_behind else []
            case _:
                return []

    # --- detection and votes ----------------------------------------------------------------------

    def _learn(self, now_s: float, reign: Reign) -> Effects:
        """A heartbeat or a full ballot proves that this reign was committed."""
        self._proven = max(self._proven, reign)
        return self._watch_newest(now_s)

    def _watch_newest(self, now_s: float) -> Effects:
        """Of a new reign the detector's clock starts at once: a primary that never beats is missed too.

        What was merely accepted is watched as well, until another ballot settles it otherwise.
        """
        value = self._acceptor.state.value if self._acceptor else Register()
        newest = max(self._proven, (value.epoch, value.primary))
        if newest == self._detector.reign:
            return []
        self._voting = ""
        self._turn.reset()
        self._votes.forget_before(newest[0])
        watch = self._detector.watch(now_s, newest, ready_s=self._granter.ready_s)
        return [StopTimer(VOTE), StopTimer(LEAD), watch]

    def _silent(self, now_s: float) -> Effects:
        if self._voting or not self._detector.silent(now_s):
            return []
        reason = f"no heartbeat for {self._detector.silent_s(now_s):.3f} s"
        return self._detector.listen_on(now_s) or self._suspect(now_s, reason)

    def _suspect(self, now_s: float, reason: str) -> Effects:
        if now_s < self._granter.ready_s:
            return []
        self._voting = reason
        suspected = Tell("suspected", *self._detector.reign, reason)
        return [suspected, *self._desk.suspected(reason), *self._repeat_vote(now_s)]

    def _repeat_vote(self, now_s: float) -> Effects:
        if not self._voting:
            return []
        reign = self._detector.reign
        again = SetTimer(VOTE, now_s + self._settings.detector.interval_s)
        if self._desk.maintenance:
            # A vote would take the lease away, and nobody would take over.
            return [again]
        self._votes.cast(now_s, self._name, reign)
        self._granter.block(now_s, reign)
        others = [witness for witness in self._settings.witnesses if witness != self._name]
        effects: Effects = [Send(witness, Vote(*reign, self._voting)) for witness in others]
        return [*effects, again, *self._maybe_lead(now_s)]

    def _maybe_lead(self, now_s: float) -> Effects:
        reign = self._detector.reign
        voters = self._votes.standing(now_s, reign)
        if len(voters) < self._votes_needed:
            self._turn.lapse()
            return []
        if self._coordinator.step != "idle" or self._desk.maintenance:
            return []
        due_s = self._turn.due_s(now_s)
        if now_s < due_s:
            return [SetTimer(LEAD, due_s)]
        self._turn.taken(now_s, hopeless=self._coordinator.hopeless == reign)
        return self._coordinator.begin(now_s, reign, voters)

    # --- the own grant ----------------------------------------------------------------------------

    def _lease_maybe_over(self, now_s: float) -> Effects:
        effects: Effects = []
        for reign, waiting in [*self._awaited.items()]:
            if self._granter.over(now_s, reign):
                effects += [Send(coordinator, LeaseOver(*reign)) for coordinator in sorted(waiting)]
                del self._awaited[reign]
            else:
                effects.append(SetTimer(LEASE_OVER, self._granter.over_s(reign)))
        return effects

    # --- the register -----------------------------------------------------------------------------

    @property
    def _is_behind(self) -> bool:
        """Its own accepted value is not of the reign that it hears."""
        value = self._acceptor.state.value if self._acceptor else Register()
        return (value.epoch, value.primary) != self._detector.reign

    def _know_register(self, now_s: float) -> Effects:
        """A heartbeat proves that its reign was committed; what this witness lacks of it, a ballot brings."""
        assert self._acceptor is not None
        value = self._acceptor.state.value
        if self._is_behind and not self._refreshing:
            self._refreshing = True
            return [SetTimer(REFRESH, now_s + _REFRESH_S * (1 + self._place))]
        if self._is_behind:
            return []
        if (value.epoch, value.primary) == (self._told.epoch, self._told.primary):
            return []
        self._told = value
        return [TellRegister(value)]

    def _settled(self, now_s: float, register: Register) -> Effects:
        effects = self._learn(now_s, (register.epoch, register.primary))
        for reign in register.fenced:
            effects += self._fenced(now_s, reign)
        if register != self._told:
            self._told = register
            if self._coordinator.step in ("idle", "hinting"):
                effects.append(TellRegister(register))
        effects += self._coordinator.settled(now_s, register)
        return [*effects, *self._desk.settled(now_s, register)]
