"""The truth about one run: what machines did comes in, what must hold is checked. Moves nothing.

Whatever runs the machines calls `handled` after each event, `stored` when a witness's disk holds a new state.
Only the machine that was touched is looked at, and whoever might decide beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from targets.reference.machines.agent import Agent
from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.witness.witness import Witness
from targets.reference.machines.words.grammar import (
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
from targets.reference.machines.words.messages import (
    Accepted,
    Ballot,
    Granted,
    HandBack,
    Heartbeat,
    Here,
    LeaseOver,
    PromoteOrder,
    Read,
    ReadAll,
    Record,
    Register,
    Reply,
    Vote,
    Write,
)
from targets.reference.settings import Settings
from targets.reference.truth.cuts import Cuts, Tails
from targets.reference.truth.findings import Findings, Seat, Violation
from targets.reference.truth.lags import Lags
from targets.reference.truth.leases import Leases
from targets.reference.truth.records import Records, Stored
from targets.reference.truth.register import Chosen
from targets.reference.truth.shipments import Shipments

# Who runs a machine, the machine, the event that it has handled, and what follows from it.
Look = Callable[[Seat, Any, Event, Sequence[Effect]], None]


class _Reign:
    """Of a host. looked_upto: what it had acknowledged when that was looked at; -1: never yet."""

    def __init__(self, role: Primary) -> None:
        self.role, self.looked_upto = role, -1


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
        self._reigns: dict[str, _Reign] = {}
        self._accepting: dict[str, Ballot] = {}
        # Whose event it was, what it was and what follows: look-ups, as each event of a run comes by here.
        self._machines: Mapping[type, Look] = {
            DataNode: self._node,
            Witness: self._witness,
            Agent: lambda seat, _, event, effects: self._shipments.agent(seat.host, event, effects),
        }
        self._node_hears: Mapping[type, Callable[[Seat, str, Any], None]] = dict.fromkeys(
            (Write, Read, ReadAll), self.records.asked
        )
        self._node_does: Mapping[type, Callable[[Seat, DataNode, Any], None]] = {
            Append: self.records.appended,
            Answer: self._node_answers,
            Truncate: self._node_truncates,
        }
        self._witness_hears: Mapping[type, Callable[[Seat, Witness, Any], None]] = {
            Heartbeat: self._beaten,
            HandBack: self._handed_back,
            PromoteOrder: self._ordered,
            Here: lambda seat, _, message: self.leases.fences.reached(seat),
        }
        self._witness_does: Mapping[type, Callable[[Seat, Any], None]] = {
            Answer: self._witness_answers,
            Send: self._witness_sends,
            AskPower: self.leases.fences.asks,
            Tell: self._witness_tells,
        }

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
        self.look_at(type(machine))(seat, machine, event, effects)

    def look_at(self, kind: type) -> Look:
        """What `handled` does for machines of this kind: for who runs no other there."""
        return self._machines.get(kind, _nothing)

    def stored(self, seat: Seat, state: WitnessState) -> None:
        """A witness's disk holds this now. What it has merely copied it has not accepted."""
        if self._accepting.get(seat.host) == state.accepted:
            before = self.chosen.newest
            self.chosen.accepted(seat, state)
            if self._lags is not None and not self.leases.is_ordered((before.epoch, before.primary)):
                self._lags.changed(seat, before, self.chosen.newest)

    # --- witnesses --------------------------------------------------------------------------------

    def _witness(self, seat: Seat, machine: Witness, event: Event, effects: Sequence[Effect]) -> None:
        if type(event) is Received:
            hears = self._witness_hears.get(type(event.message))
            if hears is not None:
                hears(seat, machine, event.message)
        elif type(event) is PowerAnswered:
            self.leases.fences.answered(event)
        elif type(event) is Began and self._lags is not None:
            self._lags.began(seat)
        for effect in effects:
            does = self._witness_does.get(type(effect))
            if does is not None:
                does(seat, effect)

    def _handed_back(self, seat: Seat, machine: Witness, message: HandBack) -> None:
        self.leases.handed_back(seat, (message.epoch, message.node), machine.holder(seat.clock_s()))

    def _ordered(self, seat: Seat, machine: Witness, order: PromoteOrder) -> None:
        self.leases.ordered((order.epoch, order.primary), order.to, forced=order.forced)

    def _beaten(self, seat: Seat, machine: Witness, message: Heartbeat) -> None:
        if self._lags is not None:
            self._lags.heard(seat, message)

    def _witness_answers(self, seat: Seat, answer: Answer) -> None:
        message = answer.message
        if type(message) is Granted:
            self.leases.granted(seat, (message.epoch, message.node))
        elif type(message) is Accepted:
            self._accepting[seat.host] = message.ballot

    def _witness_sends(self, seat: Seat, send: Send) -> None:
        message = send.message
        if type(message) is Vote:
            self.leases.voted(seat, (message.epoch, message.node))
        elif type(message) is LeaseOver:
            self.leases.says_over(seat, (message.epoch, message.node))

    def _witness_tells(self, seat: Seat, tell: Tell) -> None:
        if tell.phase == "decided":
            self.leases.decided(seat, (tell.epoch, tell.subject))
        elif tell.phase == "lease_over":
            self.leases.over(seat, (tell.epoch, tell.subject))

    # --- data nodes -------------------------------------------------------------------------------

    def _node(self, seat: Seat, machine: DataNode, event: Event, effects: Sequence[Effect]) -> None:
        granted = False
        if type(event) is Received:
            granted = type(event.message) is Granted
            hears = self._node_hears.get(type(event.message))
            if hears is not None:
                hears(seat, event.via, event.message)
        elif type(event) is Began:
            self.records.began(seat)
            self._shipments.began(seat, machine)
        if self._cuts.pending:
            self._cuts.look(seat)
        if type(machine.role) is Primary:
            self._primary(seat, machine, machine.role, granted=granted)
        for effect in effects:
            does = self._node_does.get(type(effect))
            if does is not None:
                does(seat, machine, effect)

    def _node_answers(self, seat: Seat, machine: DataNode, answer: Answer) -> None:
        if type(answer.message) is Reply:
            self.records.answered(seat, machine, answer.via, answer.message)

    def _node_truncates(self, seat: Seat, machine: DataNode, truncate: Truncate) -> None:
        self.records.dropped(seat, machine, truncate)
        self._cuts.cut(seat, truncate)

    def _primary(self, seat: Seat, machine: DataNode, role: Primary, *, granted: bool) -> None:
        reign = self._reigns.get(seat.host)
        if reign is None or reign.role is not role:
            reign = self._begins(seat, machine, role)
        if len(self.leases.primaries) > 1:
            self.leases.one_server(seat, machine)
        if granted:
            self.leases.check(seat, machine)
        upto = role.counting.acknowledged
        if upto != reign.looked_upto:
            reign.looked_upto = upto
            self.records.acknowledged(seat, machine, role)

    def _begins(self, seat: Seat, machine: DataNode, role: Primary) -> _Reign:
        reign = self._reigns[seat.host] = _Reign(role)
        self.leases.reigns(seat, machine)
        if not self.chosen.names((role.epoch, seat.host)):
            detail = f"{seat.host} reigns in {role.epoch}, which nothing has chosen"
            self._findings.broken(seat, "unchosen-reign", detail)
        return reign


def _nothing(seat: Seat, machine: object, event: Event, effects: Sequence[Effect]) -> None:
    """Of other machines nothing is checked."""
