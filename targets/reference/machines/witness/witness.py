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

from targets.reference.machines.failover import coordinator, power
from targets.reference.machines.failover.coordinator import Coordinator
from targets.reference.machines.failover.power import Power
from targets.reference.machines.failover.sealing import Heard
from targets.reference.machines.lease import Granter, Reign
from targets.reference.machines.register import caspaxos as ballots
from targets.reference.machines.register import registrar
from targets.reference.machines.register.registrar import Registrar
from targets.reference.machines.witness import copying, desk, endings, keeper, switching, watching
from targets.reference.machines.witness.desk import Asked, Desk
from targets.reference.machines.witness.endings import Endings
from targets.reference.machines.witness.keeper import Keeper
from targets.reference.machines.witness.knocking import Knocking
from targets.reference.machines.witness.watching import Watching
from targets.reference.machines.words.grammar import (
    Answer,
    Began,
    Effects,
    Event,
    Fired,
    PowerAnswered,
    Received,
    TellRegister,
    WitnessState,
)
from targets.reference.machines.words.messages import (
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
from targets.reference.machines.words.operating import WitnessStatus
from targets.reference.settings import Settings


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
        self._name = name
        self._granter = Granter(settings, defects)
        self._registrar = Registrar(name, incarnation, settings, defects)
        self._keeper = Keeper(name, settings, state, self._granter, self._registrar, defects)
        self._power = Power(settings, settings.witnesses.index(name), defects)
        self._coordinator = Coordinator(settings, self._registrar, self._power, defects)
        self._watching = Watching(
            name,
            settings,
            defects,
            keeper=self._keeper,
            granter=self._granter,
            coordinator=self._coordinator,
            suspected=self._suspected,
        )
        self._detector, self._accuser = self._watching.detector, self._watching.accuser
        self._endings = Endings(settings, self._granter, self._accuser.votes_needed)
        self._knocking = Knocking(settings)
        self._desk = Desk(
            name,
            settings,
            registrar=self._registrar,
            coordinator=self._coordinator,
            granter=self._granter,
            accuser=self._accuser,
            detector=self._detector,
            keeper=self._keeper,
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

    def _suspected(self, reason: str) -> Effects:
        return self._desk.suspected(reason)

    def status(self, now_s: float) -> WitnessStatus:
        """What it believes now."""
        return self._desk.status(now_s)

    def holder(self, now_s: float) -> Reign | None:
        """For those who watch: to whom a grant of this life lasts."""
        return self._granter.holder(now_s)

    @property
    def watched(self) -> Reign:
        """For those who watch."""
        return self._detector.reign

    def states(self, now_s: float) -> tuple[str, str, str, str]:
        """Of its own table, its accuser's, its coordinator's and its desk's."""
        silent = now_s < self._granter.ready_s
        own = "copying" if self._keeper.acceptor is None else "silent" if silent else "watching"
        accuser = "voting" if self._accuser.reason else "content"
        return own, accuser, self._coordinator.step, self._desk.step

    def handle(self, now_s: float, event: Event) -> Effects:
        act = self._events.get(type(event))
        effects = act(now_s, event) if act else []
        while self._registrar.settled is not None and (register := self._registrar.take()) is not None:
            effects = [*effects, *self._settled(now_s, register)]
        return [*effects, *self._desk.led(now_s)] if self._desk.step in desk.LEADING else effects

    def _powered(self, now_s: float, event: PowerAnswered) -> Effects:
        if event.request < 0:
            return self._desk.powered(now_s, event)
        return [*self._power.answered(now_s, event), *self._coordinator.powered(now_s)]

    def _began(self, now_s: float, event: Began) -> Effects:
        self._granter.began(now_s)
        return self._keeper.copy(now_s) if self._keeper.acceptor is None else self._ready(now_s)

    def _ready(self, now_s: float) -> Effects:
        """From now on it answers for the register."""
        self._granter.accepted(self._keeper.value.epoch)
        return [*self._watching.newest(now_s), *self._desk.begin(now_s), *self._power.began(now_s)]

    # --- messages ---------------------------------------------------------------------------------

    def _received(self, now_s: float, event: Received) -> Effects:
        if event.sender == self._detector.reign[1] and not isinstance(event.message, Heartbeat):
            self._detector.word(now_s)
        acts = self._of_copies if self._keeper.acceptor is None else self._messages
        act = acts.get(type(event.message))
        return act(now_s, event.message, event) if act else []

    def _asked(self, now_s: float, message: Asked, event: Received) -> Effects:
        return self._desk.asked(now_s, message, event.via)

    def _copy_asked(self, now_s: float, message: CopyRequest, event: Received) -> Effects:
        return self._keeper.copy_asked(message, event.via)

    def _copied(self, now_s: float, message: CopyAnswer, event: Received) -> Effects:
        had = self._keeper.acceptor
        effects = self._keeper.copied(event.sender, message)
        return effects if self._keeper.acceptor is had else [*effects, *self._ready(now_s)]

    def _voted(self, now_s: float, message: Promised | Accepted | BallotRefused, event: Received) -> Effects:
        return self._registrar.handle(now_s, event.sender, message)

    def _proposed(self, now_s: float, message: Prepare | Accept, event: Received) -> Effects:
        self._accuser.turn.saw_ballot(now_s, message.ballot[1])
        effects = self._keeper.proposed(now_s, message, event.via)
        return [*effects, *self._watching.newest(now_s)] if isinstance(message, Accept) else effects

    def _heartbeat(self, now_s: float, message: Heartbeat, event: Received) -> Effects:
        reign = (message.epoch, message.node)
        has_ended = self._endings.proven(self._keeper.value, reign)
        granted = self._granter.heartbeat(now_s, message.epoch, message.node)
        answer = (
            Granted(message.epoch, message.node, message.sent_s)
            if granted
            else HeartbeatRefused(message.epoch, message.node, message.sent_s, self._granter.known_epoch)
        )
        ended = self._endings.due(now_s) if has_ended else []
        effects: Effects = [Answer(event.via, answer), *ended, *self._watching.learn(now_s, reign)]
        if reign != self._detector.reign:
            return effects
        self._desk.heard(now_s, reign, message.last)
        self._watching.reminder.over()
        self._coordinator.hearsay.told(reign, Heard(message.last, message.opened))
        effects += [*self._coordinator.heard(now_s, *reign), *self._keeper.heard(now_s, reign)]
        return [*effects, *self._detector.beat(now_s, message.stuck_s), *self._accuser.judge(now_s)]

    def _hand_back(self, now_s: float, message: HandBack, event: Received) -> Effects:
        reign = (message.epoch, message.node)
        self._granter.hand_back(*reign)
        noted = [Answer(event.via, HandBackNoted(*reign)), *self._watching.learn(now_s, reign)]
        return [*noted, *self._endings.due(now_s), *self._accuser.judge(now_s)]

    def _vote(self, now_s: float, message: Vote, event: Received) -> Effects:
        return self._accuser.voted(now_s, event.sender, message)

    def _answered(self, now_s: float, message: ProbeAnswer, event: Received) -> Effects:
        return self._watching.answered(now_s, message)

    def _hinted(self, now_s: float, message: Hint, event: Received) -> Effects:
        return self._watching.hinted(now_s, event.sender, message)

    def _fence(self, now_s: float, message: Fence, event: Received) -> Effects:
        if not self._endings.counts(message):
            return []
        if event.sender != self._name:
            self._accuser.turn.saw_fence(now_s)
            self._power.hold(now_s, message.node)
        return self._endings.fence(now_s, (message.epoch, message.node), event.sender)

    def _told_fenced(self, now_s: float, message: Fenced, event: Received) -> Effects:
        return self._endings.fenced(now_s, (message.epoch, message.node))

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
        if self._keeper.acceptor is None and timer != copying.TIMER:
            return []
        if timer in watching.TIMERS:
            return self._watching.fired(now_s, timer)
        match timer:
            case ballots.TIMER | registrar.AGAIN:
                return self._registrar.fired(now_s, timer)
            case coordinator.TIMER:
                return self._coordinator.fired(now_s)
            case desk.TIMER | desk.REMIND | switching.TIMER:
                return self._desk.fired(now_s, timer)
            case power.CUT | power.LOOK:
                return self._power.fired(now_s, timer, resting=bool(self._desk.maintenance))
            case endings.LEASE_OVER:
                return self._endings.due(now_s)
            case copying.TIMER | keeper.REFRESH:
                return self._keeper.fired(now_s, timer, self._detector.reign)
            case _:
                return []

    def _settled(self, now_s: float, register: Register) -> Effects:
        effects = self._watching.learn(now_s, (register.epoch, register.primary))
        for reign in register.fenced:
            effects += self._endings.fenced(now_s, reign)
        if self._keeper.is_news(register):
            effects.append(TellRegister(register))
        effects += self._coordinator.settled(now_s, register)
        return [*effects, *self._desk.settled(now_s, register)]
