"""A witness: keeps the register, grants leases, detects, votes; may lead a failover. Holds no user data.

    state    event                                     -> state
    copying  all others answered                          silent    (only without a store)
    silent   a whole lease has passed since the start     watching  grants and votes (see accuser)
    any      a newer reign is learned                     the same  the detector's clocks start anew

With a majority's standing votes it leads the failover when its turn comes. In maintenance it suspects and
tells, and neither votes nor leads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from targets.reference.defects import COMES_BACK_EMPTY, WITNESS_FORGETS
from targets.reference.machines import (
    accuser,
    coordinator,
    copying,
    desk,
    detector,
    power,
    probing,
    registrar,
    reminder,
    switching,
)
from targets.reference.machines import register as ballots
from targets.reference.machines.accuser import Accuser
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
    PowerAnswered,
    Received,
    Send,
    SetTimer,
    StopTimer,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.knocking import Knocking
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
    Hint,
    LeaseOver,
    Missing,
    Prepare,
    ProbeAnswer,
    Promised,
    Register,
    Sealed,
    Vote,
)
from targets.reference.machines.operating import WitnessStatus
from targets.reference.machines.power import Power
from targets.reference.machines.register import Acceptor
from targets.reference.machines.registrar import Registrar
from targets.reference.machines.reminder import Reminder
from targets.reference.machines.sealing import Heard
from targets.reference.settings import Settings

LEASE_OVER, REFRESH = "lease over", "refresh"
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
        self._registrar = Registrar(name, incarnation, settings, defects)
        self._power = Power(settings, self._place, defects)
        self._coordinator = Coordinator(settings, self._registrar, self._power, defects)
        self._proven: Reign = detector.NOBODY  # the newest that a heartbeat or a full ballot has shown
        self._detector = Detector(settings, defects)
        self._accuser = Accuser(
            name,
            settings,
            defects,
            granter=self._granter,
            detector=self._detector,
            coordinator=self._coordinator,
            maintenance=self._maintained,
            suspected=self._suspected,
        )
        self._reminder = Reminder(name, settings)
        self._knocking = Knocking(settings)
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
            votes=self._accuser.votes,
            acceptor=self._its_acceptor,
            suspects=self._its_reason,
        )
        self._events: Mapping[type, Callable[[float, Any], Effects]] = {
            Received: self._received,
            Fired: self._fired,
            PowerAnswered: self._powered,
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
            ProbeAnswer: self._answered,
            Hint: self._hinted,
            Fence: self._fence,
            Fenced: self._told_fenced,
            LeaseOver: self._lease_over,
            Here: self._here,
            Sealed: self._sealed,
            Missing: self._missing,
        }

    def _its_acceptor(self) -> Acceptor | None:
        return self._acceptor

    def _its_reason(self) -> str:
        return self._accuser.reason

    def _maintained(self) -> str:
        return self._desk.maintenance

    def _suspected(self, reason: str) -> Effects:
        self._reminder.over()
        return self._desk.suspected(reason)

    def status(self, now_s: float) -> WitnessStatus:
        """What it believes now."""
        return self._desk.status(now_s)

    @property
    def watched(self) -> Reign:
        """For those who watch."""
        return self._detector.reign

    def states(self, now_s: float) -> tuple[str, str, str, str]:
        """Of its own table, its accuser's, its coordinator's and its desk's."""
        silent = now_s < self._granter.ready_s
        own = "copying" if self._acceptor is None else "silent" if silent else "watching"
        accuser = "voting" if self._accuser.reason else "content"
        return own, accuser, self._coordinator.step, self._desk.step

    def handle(self, now_s: float, event: Event) -> Effects:
        effects = self._take(now_s, event)
        while (register := self._registrar.take()) is not None:
            effects = [*effects, *self._settled(now_s, register)]
        return [*effects, *self._desk.led()] if self._desk.leads else effects

    def _take(self, now_s: float, event: Event) -> Effects:
        act = self._events.get(type(event))
        return act(now_s, event) if act else []

    def _powered(self, now_s: float, event: PowerAnswered) -> Effects:
        if event.request < 0:
            return self._desk.powered(now_s, event)
        return [*self._power.answered(now_s, event), *self._coordinator.powered(now_s)]

    def _began(self, now_s: float, event: Began) -> Effects:
        self._granter.began(now_s)
        if self._acceptor is None:
            return self._copying.begin(now_s)
        return self._ready(now_s, self._acceptor.state)

    def _ready(self, now_s: float, state: WitnessState) -> Effects:
        """From now on it answers for the register."""
        self._granter.accepted(state.value.epoch)
        return [*self._watch_newest(now_s), *self._desk.begin(now_s), *self._power.began(now_s)]

    # --- messages ---------------------------------------------------------------------------------

    def _received(self, now_s: float, event: Received) -> Effects:
        if event.sender == self._detector.reign[1] and not isinstance(event.message, Heartbeat):
            self._detector.word(now_s)
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
        self._accuser.turn.saw_ballot(now_s, message.ballot[1])
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
        self._reminder.over()
        effects += self._coordinator.heard(now_s, *reign)
        self._coordinator.told(reign, Heard(message.last, message.opened))
        effects += [*self._know_register(now_s), *self._detector.beat(now_s, message.stuck_s)]
        return effects + self._accuser.judge(now_s)

    def _hand_back(self, now_s: float, message: HandBack, event: Received) -> Effects:
        reign = (message.epoch, message.node)
        self._granter.hand_back(*reign)
        effects: Effects = [Answer(event.via, HandBackNoted(*reign)), *self._learn(now_s, reign)]
        effects += self._lease_maybe_over(now_s)
        return effects + self._accuser.judge(now_s)

    def _vote(self, now_s: float, message: Vote, event: Received) -> Effects:
        return self._accuser.voted(now_s, event.sender, message)

    def _answered(self, now_s: float, message: ProbeAnswer, event: Received) -> Effects:
        return [*self._detector.answered(now_s, message), *self._accuser.judge(now_s)]

    def _hinted(self, now_s: float, message: Hint, event: Received) -> Effects:
        if event.sender != message.seer or message.seer not in self._settings.nodes:
            return []
        return self._detector.hinted(now_s, message)

    def _fence(self, now_s: float, message: Fence, event: Received) -> Effects:
        """Only what a majority has confirmed, or an operator, stops a lease from being renewed."""
        sender = event.sender
        reign = (message.epoch, message.node)
        confirmed = len(set(message.voters) & set(self._settings.witnesses)) >= self._accuser.votes_needed
        if not confirmed and not message.ordered_by:
            return []
        if sender != self._name:
            self._accuser.turn.saw_fence(now_s)
            self._power.hold(now_s, message.node)
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
        self._knocking.heard(now_s, message)
        return self._coordinator.here(now_s, message)

    def _sealed(self, now_s: float, message: Sealed, event: Received) -> Effects:
        return self._coordinator.sealed(now_s, message)

    def _missing(self, now_s: float, message: Missing, event: Received) -> Effects:
        return self._knocking.asked(now_s, message, event.via)

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
                return self._accuser.silence_due(now_s)
            case desk.TIMER | desk.REMIND | switching.TIMER:
                return self._desk.fired(now_s, timer)
            case reminder.TIMER:
                return self._reminder.fired(now_s)
            case probing.TIMER:
                return self._detector.probe(now_s)
            case power.CUT | power.LOOK:
                return self._power.fired(now_s, timer, resting=bool(self._desk.maintenance))
            case accuser.VOTE | accuser.LEAD:
                return self._accuser.fired(now_s, timer)
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
        watch = self._detector.watch(now_s, newest, ready_s=self._granter.ready_s)
        return [*self._accuser.watch(newest[0]), *watch, self._reminder.watch(now_s, newest)]

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
