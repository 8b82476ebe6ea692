"""The truth about one run: what machines did comes in, what must hold is checked. Moves nothing.

Whatever runs the machines calls `handled` after each event, `stored` when a witness's disk holds a new state.
Only the machine that was touched is looked at, and whoever might decide beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from targets.reference.machines.agent import Agent
from targets.reference.machines.grammar import (
    Answer,
    Append,
    AskPower,
    Began,
    Effect,
    Event,
    PowerAnswered,
    Received,
    Send,
    Tell,
    Truncate,
    WitnessState,
)
from targets.reference.machines.messages import (
    Accepted,
    Ballot,
    Granted,
    HandBack,
    Heartbeat,
    Here,
    LeaseOver,
    Message,
    PromoteOrder,
    Read,
    ReadAll,
    Record,
    Register,
    Reply,
    Vote,
    Write,
)
from targets.reference.machines.node import DataNode
from targets.reference.machines.primary import Primary
from targets.reference.machines.witness import Witness
from targets.reference.settings import Settings
from targets.reference.truth.cuts import Cuts, Tails
from targets.reference.truth.findings import Findings, Seat, Violation
from targets.reference.truth.lags import Lags
from targets.reference.truth.leases import Leases
from targets.reference.truth.records import Records, Stored
from targets.reference.truth.register import Chosen
from targets.reference.truth.shipments import Shipments


class Truth:
    """Of one run. stored, tails: what a data node's disk holds now. told: hears of each violation at once."""

    def __init__(
        self,
        settings: Settings,
        stored: Stored,
        tails: Tails,
        told: Callable[[Violation], None] = lambda violation: None,
    ) -> None:
        self._stored, self._findings = stored, Findings(told)
        self.leases = Leases(settings, self._findings)
        self.records = Records(
            settings, self._findings, stored, lambda: self.chosen.newest, self.leases.fences.excuses
        )
        self.chosen = Chosen(
            settings,
            self._findings,
            self.leases,
            lambda seat: self.records.enough_hold(seat, "chosen"),
            self.records.give_up,
        )
        self._cuts = Cuts(self._findings, stored, tails)
        self._shipments = Shipments(self._findings)
        self._lags = Lags(settings, self._findings, stored) if settings.max_lag else None
        self._reigns: dict[str, Primary] = {}
        self._accepting: dict[str, Ballot] = {}

    @property
    def violations(self) -> list[Violation]:
        return self._findings.violations

    @property
    def register(self) -> Register:
        return self.chosen.newest

    @property
    def asked_s(self) -> float:
        """When the newest acknowledged write was asked for."""
        return self.records.asked_s

    @property
    def lost(self) -> list[tuple[float, float, Record]]:
        """In async mode, what a failover cost: found when, acknowledged when, the record."""
        return self.records.lost

    def lost_store(self) -> bool:
        """The store that alone may reign is gone: a person is called, and nobody guesses."""
        register = self.register
        reigning = [member for member in register.eligible if member.node == register.primary]
        stored = self._stored(register.primary) if register.primary else None
        return any(stored is None or stored[0].identity != member.identity for member in reigning)

    def handled(self, seat: Seat, machine: object, event: Event, effects: Sequence[Effect]) -> None:
        """A machine has handled an event; nothing of what follows is carried out yet."""
        if type(machine) is DataNode:
            self._node(seat, machine, event, effects)
        elif type(machine) is Witness:
            self._witness(seat, machine, event, effects)
        elif isinstance(machine, Agent):
            self._shipments.agent(seat.host, event, effects)

    def stored(self, seat: Seat, state: WitnessState) -> None:
        """A witness's disk holds this now. What it has merely copied it has not accepted."""
        if self._accepting.get(seat.host) == state.accepted:
            before = self.chosen.newest
            self.chosen.accepted(seat, state)
            if self._lags is not None and not self.leases.is_ordered((before.epoch, before.primary)):
                self._lags.changed(seat, before, self.chosen.newest)

    # Called for each event of a run: asking for exact types costs a third of matching.

    def _witness(self, seat: Seat, machine: Witness, event: Event, effects: Sequence[Effect]) -> None:
        if type(event) is Received and type(event.message) is HandBack:
            reign = (event.message.epoch, event.message.node)
            self.leases.handed_back(seat, reign, machine.holder(seat.clock_s()))
        elif type(event) is Received and type(event.message) is PromoteOrder:
            order = event.message
            self.leases.ordered((order.epoch, order.primary), order.to, forced=order.forced)
        elif type(event) is Received and type(event.message) is Here:
            self.leases.fences.reached(seat)
        elif type(event) is PowerAnswered:
            self.leases.fences.answered(event)
        elif self._lags is not None and type(event) is Received and type(event.message) is Heartbeat:
            self._lags.heard(seat, event.message)
        elif self._lags is not None and type(event) is Began:
            self._lags.began(seat)
        for effect in effects:
            if type(effect) is Answer:
                self._answered(seat, effect.message)
            elif type(effect) is Send and type(effect.message) is Vote:
                self.leases.voted(seat, (effect.message.epoch, effect.message.node))
            elif type(effect) is Send and type(effect.message) is LeaseOver:
                self.leases.says_over(seat, (effect.message.epoch, effect.message.node))
            elif type(effect) is AskPower:
                self.leases.fences.asks(seat, effect)
            elif type(effect) is Tell and effect.phase == "decided":
                self.leases.decided(seat, (effect.epoch, effect.subject))
            elif type(effect) is Tell and effect.phase == "lease_over":
                self.leases.over(seat, (effect.epoch, effect.subject))

    def _answered(self, seat: Seat, message: Message) -> None:
        if type(message) is Granted:
            self.leases.granted(seat, (message.epoch, message.node))
        elif type(message) is Accepted:
            self._accepting[seat.host] = message.ballot

    def _node(self, seat: Seat, machine: DataNode, event: Event, effects: Sequence[Effect]) -> None:
        message = None
        if type(event) is Received:
            message = event.message
            if type(message) is Write or type(message) is Read or type(message) is ReadAll:
                self.records.asked(seat, event.via, message)
        elif type(event) is Began:
            self.records.began(seat)
            self._shipments.began(seat, machine)
        self._cuts.look(seat)
        role = machine.role
        if type(role) is Primary:
            self._primary(seat, machine, role, granted=type(message) is Granted)
        for effect in effects:
            if type(effect) is Append:
                self.records.appended(seat, machine, effect)
            elif type(effect) is Answer and type(effect.message) is Reply:
                self.records.answered(seat, machine, effect.via, effect.message)
            elif type(effect) is Truncate:
                self.records.dropped(seat, machine, effect)
                self._cuts.cut(seat, effect)

    def _primary(self, seat: Seat, machine: DataNode, role: Primary, *, granted: bool) -> None:
        if self._reigns.get(seat.host) is not role:
            self._reigns[seat.host] = role
            self.leases.reigns(seat, machine)
            if not self.chosen.names((role.epoch, seat.host)):
                detail = f"{seat.host} reigns in {role.epoch}, which nothing has chosen"
                self._findings.broken(seat, "unchosen-reign", detail)
        self.leases.one_server(seat, machine)
        if granted:
            self.leases.check(seat, machine)
        self.records.acknowledged(seat, machine, role)
