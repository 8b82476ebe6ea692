"""A data node: starting, standby or primary. The parent of the roles: who takes which event.

    state     a full ballot shows                       -> state
    any       nobody was ever primary                      starting   the first node of the settings begins
    any       another primary                              standby    of it
    starting  itself, with this store                      starting   takes a new epoch: it resumes none
    standby   itself, of an epoch committed since          primary
    primary   itself, same epoch                           primary
    any       itself, but with another store               starting   alarm: what it held is lost

A promotion, a refusal and a silence are hints: the node reads the register and does what that says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from targets.reference.defects import KEEPS_THE_REFUSED, ONLY_FOLLOWS_AFTER_A_RESTART, RESUMES_ITS_EPOCH
from targets.reference.machines.data_node import standby
from targets.reference.machines.data_node.nodestatus import node_status, rejoined
from targets.reference.machines.data_node.own import Own
from targets.reference.machines.data_node.primary import primary as reign
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.data_node.standby import Standby
from targets.reference.machines.register import caspaxos as ballots
from targets.reference.machines.register import registrar
from targets.reference.machines.words.grammar import (
    Alert,
    Answer,
    Began,
    Durable,
    Effects,
    Event,
    Fired,
    HangUp,
    NodeState,
    Received,
    SetTimer,
    TellRegister,
    TellRole,
)
from targets.reference.machines.words.messages import (
    Accepted,
    AskStatus,
    BallotRefused,
    Common,
    Follow,
    FollowRefused,
    Granted,
    HeartbeatRefused,
    Here,
    MissingAnswer,
    OrderAnswer,
    Place,
    Probe,
    ProbeAnswer,
    Promised,
    Promote,
    Reach,
    Read,
    ReadAll,
    Record,
    Register,
    Rejoin,
    Reply,
    Rest,
    Seal,
    Sealed,
    Shipped,
    StatusAnswer,
    Stream,
    StreamAck,
    StreamRefused,
    SwitchOver,
    SwitchOverAnswer,
    Write,
)
from targets.reference.machines.words.operating import NodeStatus
from targets.reference.settings import Settings

LOOK = "look"
_LOOK_AGAIN_S = 0.2

# Of a role (a Primary, a Standby): who, when, the message, how it came.
Act = Callable[[Any, float, Any, Received], Effects]

# Who takes a message of which class: a look-up, since a chain of patterns costs more than most steps.
_OF_PRIMARY: Mapping[type, Act] = {
    Granted: lambda role, now_s, message, event: role.granted(now_s, event.sender, message),
    HeartbeatRefused: lambda role, now_s, message, event: role.heartbeat_refused(now_s, message),
    MissingAnswer: lambda role, now_s, message, event: role.missing(now_s, event.sender, message),
    StreamAck: lambda role, now_s, message, event: role.acked(now_s, message),
    Shipped: lambda role, now_s, message, event: role.shipped(now_s, message),
    Follow: lambda role, now_s, message, event: role.follow(now_s, message, event.via),
    StreamRefused: lambda role, now_s, message, event: role.stream_refused(now_s, message),
    Sealed: lambda role, now_s, message, event: role.sealed(now_s, message),
    Write: lambda role, now_s, message, event: role.clients.write(now_s, message, event.via),
    Read: lambda role, now_s, message, event: role.clients.read(now_s, message, event.via),
    ReadAll: lambda role, now_s, message, event: role.clients.read_all(now_s, message, event.via),
    SwitchOver: lambda role, now_s, message, event: role.switch_over(now_s, message, event.via),
}
_OF_STANDBY: Mapping[type, Act] = {
    Stream: lambda role, now_s, message, event: role.stream(now_s, message),
    Common: lambda role, now_s, message, event: role.common(now_s, message),
    FollowRefused: lambda role, now_s, message, event: role.refused(now_s, message),
    Rest: lambda role, now_s, message, event: role.rest(message),
    ProbeAnswer: lambda role, now_s, message, event: role.answered(message),
    Follow: lambda role, now_s, message, event: [
        Answer(event.via, FollowRefused(role.register.epoch, role.register.primary))
    ],
}
_OF_ROLES: Mapping[type, Mapping[type, Act]] = {
    Primary: _OF_PRIMARY,
    Standby: _OF_STANDBY,
    type(None): {},
}


class DataNode:
    """state, records: what the store holds. incarnation: drawn anew at each start.

    own, role: for those who watch.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        state: NodeState,
        records: Sequence[Record],
        incarnation: int,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self.own = Own(name, settings, state, records, incarnation, defects)
        self.role: Primary | Standby | None = None  # None: starting
        # Epochs up to this one may have been used, by this process or its former life: it resumes none.
        self._former: int | None = None
        self._stands_aside = ""  # a person was called, and why
        self._events: Mapping[type, Callable[[float, Any], Effects]] = {
            Received: self._received,
            Fired: self._fired,
            Durable: self._wrote,
            Began: self._began,
        }
        # Whatever role it has.
        self._messages: Mapping[type, Callable[[float, Any, Received], Effects]] = {
            **dict.fromkeys((Promised, Accepted, BallotRefused), self._voted),
            Seal: self._seal,
            Reach: self._reached,
            Probe: self._probed,
            Promote: self._promoted,
            AskStatus: self._asked_status,
            Rejoin: self._rejoin,
        }

    def serving(self, now_s: float) -> bool:
        """Primary with a lease, open for clients."""
        return isinstance(self.role, Primary) and self.role.serving(now_s)

    def status(self, now_s: float) -> NodeStatus:
        return node_status(now_s, self.own, self.role, self._stands_aside)

    def handle(self, now_s: float, event: Event) -> Effects:
        own = self.own
        if own.retired:
            return []
        act, registrar = self._events.get(type(event)), own.registrar
        effects = act(now_s, event) if act else []
        while registrar.settled is not None and (register := registrar.take()) is not None:
            effects = [*effects, *self._settled(now_s, register)]
        return effects

    def _began(self, now_s: float, event: Began) -> Effects:
        own = self.own
        return [TellRole("starting", own.log.last.epoch), *own.registrar.read(now_s)]

    def _received(self, now_s: float, event: Received) -> Effects:
        message, role = event.message, self.role
        kind = type(message)
        act = self._messages.get(kind)
        if act is not None:
            return act(now_s, message, event)
        of_role = _OF_ROLES[type(role)].get(kind)
        if of_role is not None:
            return of_role(role, now_s, message, event)
        if isinstance(message, Write | Read | ReadAll | SwitchOver):
            return self._refused(message, event.via)
        return []

    def _voted(self, now_s: float, message: Promised | Accepted | BallotRefused, event: Received) -> Effects:
        return self.own.registrar.handle(now_s, event.sender, message)

    def _promoted(self, now_s: float, message: Promote, event: Received) -> Effects:
        if message.epoch > self.own.register.epoch:
            return self.own.registrar.read(now_s)
        match self.role:
            case Standby() as role if role.register.epoch == message.epoch:
                return role.reigns()
            case _:
                return []

    def _asked_status(self, now_s: float, message: AskStatus, event: Received) -> Effects:
        return [Answer(event.via, StatusAnswer(message.request, self.status(now_s)))]

    def _rejoin(self, now_s: float, message: Rejoin, event: Received) -> Effects:
        ok, detail = rejoined(self.own, self.role, self._stands_aside)
        again = self.role.reigns() if isinstance(self.role, Standby) else []
        answer = Answer(event.via, OrderAnswer(message.request, ok, detail))
        return [*again, *self.own.registrar.read(now_s), answer]

    def _refused(self, message: Write | Read | ReadAll | SwitchOver, via: str) -> Effects:
        """A client that a router has left here would be refused for ever, so it is sent to look again."""
        own = self.own
        if isinstance(message, SwitchOver):
            return [Answer(via, SwitchOverAnswer(message.request, False, f"{own.name} is not primary"))]
        refusal = Reply(message.request, "fail", own.name, own.register.epoch, error="not primary")
        stays = isinstance(message, ReadAll) or KEEPS_THE_REFUSED in own.defects
        return [Answer(via, refusal), *([] if stays else [HangUp(via)])]

    def _fired(self, now_s: float, event: Fired) -> Effects:
        timer = event.timer
        if timer in (ballots.TIMER, registrar.AGAIN):
            return self.own.registrar.fired(now_s, timer)
        if timer in reign.TIMERS:
            return self.role.fired(now_s, timer) if isinstance(self.role, Primary) else []
        if timer in standby.TIMERS:
            return self.role.fired(now_s, timer) if isinstance(self.role, Standby) else []
        return self.own.registrar.read(now_s) if timer == LOOK and self.role is None else []

    def _wrote(self, now_s: float, event: Durable) -> Effects:
        self.own.wrote(Place(event.epoch, event.position))
        match self.role:
            case Primary() as role:
                return role.wrote(now_s)
            case Standby() as role:
                return role.wrote()
            case None:
                return []

    def _seal(self, now_s: float, message: Seal, event: Received) -> Effects:
        """Whatever it is: it never takes or sends a stream of an older epoch again."""
        own = self.own
        effects = own.seal(message.epoch)
        match self.role:
            case Primary() as role if role.epoch < own.sealed:
                effects += role.leave(None)
                self.role, self._former = None, role.epoch
                effects += [TellRole("starting", role.epoch), *own.registrar.read(now_s), self._look(now_s)]
            case Standby() as role:
                role.sealed()
        return [*effects, Answer(event.via, Sealed(own.sealed, own.name, own.member.identity, own.durable))]

    def _reached(self, now_s: float, message: Reach, event: Received) -> Effects:
        if isinstance(self.role, Primary):
            return []
        own = self.own
        return [Answer(event.via, Here(message.epoch, own.name, own.member.identity, own.durable))]

    def _probed(self, now_s: float, message: Probe, event: Received) -> Effects:
        epoch, stuck_s = 0, 0.0
        if isinstance(self.role, Primary):
            epoch, stuck_s = self.role.epoch, self.role.stuck_s(now_s)
        return [Answer(event.via, ProbeAnswer(message.number, epoch, self.own.name, stuck_s))]

    # --- what a full ballot has shown -------------------------------------------------------------

    def _settled(self, now_s: float, register: Register) -> Effects:
        own = self.own
        news: Effects = [TellRegister(register)] if register != own.register else []
        own.register = register
        if self._former is None:
            self._former = 0 if RESUMES_ITS_EPOCH in own.defects else register.epoch
        if register.epoch == 0:
            return [*news, *self._nobody_yet(now_s, register)]
        if register.primary != own.name:
            return [*news, *self._follow(now_s, register)]
        if own.member not in register.eligible:
            return [*news, *self._lost_store(now_s, register)]
        if isinstance(self.role, Primary) and self.role.epoch == register.epoch:
            return [*news, *self.role.settled(now_s, register)]
        if register.epoch <= self._former or own.sealed > register.epoch:
            return [*news, *self._take_new_epoch(now_s, register)]
        return [*news, *self._reign(now_s, register)]

    def _nobody_yet(self, now_s: float, register: Register) -> Effects:
        """The cluster's first start. Records without a register mean that the witnesses lost theirs."""
        own = self.own
        if own.log.last.position and not self._stands_aside:
            self._stands_aside = (
                f"{own.name} holds records, but the register is empty: restore the witnesses' stores"
            )
            return [Alert(self._stands_aside), self._look(now_s)]
        if own.name == own.settings.nodes[0] and not own.log.last.position:
            begun = register.succeeded(own.sealed + 1, own.name, (own.member,))
            return own.registrar.change(now_s, register, begun)
        return [self._look(now_s)]

    def _follow(self, now_s: float, register: Register) -> Effects:
        role = self.role
        if isinstance(role, Standby) and _same_reign(role.register, register):
            return []
        effects: Effects = []
        if isinstance(role, Primary):
            effects = role.leave(register)
            self._former = role.epoch
        elif isinstance(role, Standby):
            effects = role.end()
        self.role = follower = Standby(self.own, register)
        self._stands_aside = ""
        return [*effects, *follower.begin(now_s)]

    def _lost_store(self, now_s: float, register: Register) -> Effects:
        told = self._stands_aside
        self._stands_aside = (
            f"the register names {self.own.name} with another store; this one may lack acknowledged "
            "writes: bring the old store back, or promote another node by hand"
        )
        alerts: Effects = [] if told else [Alert(self._stands_aside)]
        return [*alerts, self._look(now_s)]

    def _take_new_epoch(self, now_s: float, register: Register) -> Effects:
        if ONLY_FOLLOWS_AFTER_A_RESTART in self.own.defects:
            return [self._look(now_s)]
        epoch = max(register.epoch + 1, self.own.sealed)
        newer = register.succeeded(epoch, register.primary, register.eligible)
        return self.own.registrar.change(now_s, register, newer)

    def _reign(self, now_s: float, register: Register) -> Effects:
        effects: Effects = []
        self._stands_aside = ""
        match self.role:
            case Primary() as role:
                effects, self.role = role.renew(register)
            case Standby() as role:
                effects = role.end()
                self.role = Primary(self.own, register)
            case None:
                self.role = Primary(self.own, register)
        return [*effects, *self.role.begin(now_s)]

    def _look(self, now_s: float) -> SetTimer:
        return SetTimer(LOOK, now_s + _LOOK_AGAIN_S)


def _same_reign(one: Register, other: Register) -> bool:
    return (one.epoch, one.primary) == (other.epoch, other.primary)
