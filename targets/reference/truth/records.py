"""What is truly acknowledged: it is kept by enough eligible stores, shown whole, and named once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.data_node.primary.primary import Primary
from targets.reference.machines.words.grammar import Append, NodeState, Truncate
from targets.reference.machines.words.messages import (
    Member,
    Place,
    Read,
    ReadAll,
    Record,
    Register,
    Reply,
    Write,
)
from targets.reference.settings import Settings
from targets.reference.truth.findings import Findings, Seat

Ask = Write | Read | ReadAll
# What a data node's disk holds now: state and log. None: there is none.
Stored = Callable[[str], tuple[NodeState, Sequence[Record]] | None]


class _Asked(Struct, frozen=True):
    """floor: so much was acknowledged when the node was asked."""

    ask: Ask
    floor: int
    at_s: float


class Records:
    """Of one run. lost: what a failover cost in async mode, or a forced promotion in any (found when,
    acknowledged when, the record).
    """

    def __init__(
        self,
        settings: Settings,
        findings: Findings,
        stored: Stored,
        register: Callable[[], Register],
        excuses: Callable[[Seat], bool],
    ) -> None:
        self._excuses = excuses
        self._findings, self._stored, self._register = findings, stored, register
        self._settings, self._keeps = settings, settings.waits_for_standbys
        self.lost: list[tuple[float, float, Record]] = []
        self._given_up = False  # what the next to acknowledge lacks
        self.asked_s = 0.0  # when the newest acknowledged write was asked for
        self._named: dict[tuple[int, int], Record] = {}
        self._shown: list[tuple[Record, float]] = []  # the acknowledged log, with the time
        self._newest: dict[str, int] = {}  # of each key: the position of its newest acknowledged record
        self._positions: dict[str, int] = {}  # of each acknowledged value
        self._asked: dict[str, dict[tuple[str, int], _Asked]] = {}

    # --- the log ----------------------------------------------------------------------------------

    def appended(self, seat: Seat, node: DataNode, append: Append) -> None:
        records, own = append.records, node.own
        if not records:
            return
        role = node.role
        epoch = role.epoch if isinstance(role, Primary) else role.register.epoch if role else 0
        if epoch < own.sealed:
            detail = f"{seat.host}, sealed at {own.sealed}, takes a stream of {epoch}"
            self._findings.broken(seat, "older-record", detail)
        self._grows(seat, node, records)
        for record in records:
            place = (record.epoch, record.position)
            if self._named.setdefault(place, record) != record:
                self._findings.broken(seat, "forked-record", f"{place} is the name of two records")

    def _grows(self, seat: Seat, node: DataNode, records: Sequence[Record]) -> None:
        stored, first = self._stored(seat.host), records[0]
        last = node.own.log.place(first.position - 1).epoch
        durable = stored[1][-1].epoch if stored and stored[1] else 0
        if first.epoch < last or first.epoch < durable:
            detail = f"{seat.host} takes {first} after one of epoch {max(last, durable)}"
            self._findings.broken(seat, "older-record", detail)

    def dropped(self, seat: Seat, node: DataNode, truncate: Truncate) -> None:
        """An eligible store keeps what it was counted on for."""
        stored, member = self._stored(seat.host), node.own.member
        if not self._keeps or stored is None or member not in self._register().eligible:
            return
        tail = stored[1][truncate.after_position :]
        shown = self._shown[truncate.after_position : truncate.after_position + len(tail)]
        known = [record for record, (told, _) in zip(tail, shown, strict=False) if record == told]
        if known:
            detail = f"{seat.host} is eligible and drops {known[0]} (of {len(known)})"
            self._findings.broken(seat, "acknowledged-lost", detail)

    # --- acknowledgements -------------------------------------------------------------------------

    def acknowledged(self, seat: Seat, node: DataNode, role: Primary) -> None:
        """It reigns anew, or what it has acknowledged has changed."""
        upto, shown, log = role.counting.acknowledged, self._shown, node.own.log
        if shown and not log.holds(_place(shown[-1][0])):
            if self._keeps and not self._given_up:
                detail = f"{seat.host} in {role.epoch} acknowledges without {shown[-1][0]}"
                self._findings.broken(seat, "acknowledged-lost", detail)
            self._lose(seat, node)
        self._given_up = False
        new, now_s = log.after(len(shown), at_most=max(0, upto - len(shown))), seat.now_s()
        for record in new:
            shown.append((record, now_s))
            self._positions[record.value] = self._newest[record.key] = record.position
        if new and self._keeps:
            self.enough_hold(seat, "acknowledged")
            self._enough_count(seat)

    def give_up(self) -> None:
        """An operator has forced somebody's promotion: what that one lacks is lost by order, once."""
        self._given_up = True

    def enough_hold(self, seat: Seat, when: str) -> None:
        """The primary and k of the n eligible standbys hold durably all that was acknowledged or shown."""
        if not self._shown or not self._keeps or self._given_up:
            return
        last, register = self._shown[-1][0], self._register()
        lacking = [member for member in register.eligible if not self._holds_durably(member, last)]
        standbys = len(register.eligible) - 1
        if standbys - len(lacking) < self._settings.needed(standbys) or any(
            member.node == register.primary for member in lacking
        ):
            names = ", ".join(member.node for member in lacking)
            detail = f"{when} with {register}, k = {self._settings.needed(standbys)}: {names} lack {last}"
            self._findings.broken(seat, "acknowledged-lost", detail)

    def _enough_count(self, seat: Seat) -> None:
        """Something new was acknowledged."""
        register = self._register()
        if len(register.eligible) <= self._settings.min_standbys:
            detail = f"{seat.host} acknowledges with {register}, min_standbys {self._settings.min_standbys}"
            self._findings.broken(seat, "too-few-standbys", detail)

    def _holds_durably(self, member: Member, last: Record) -> bool:
        """A store that is gone is another matter: it holds nothing, and can never be promoted."""
        stored = self._stored(member.node)
        if stored is None or stored[0].identity != member.identity:
            return True
        records = stored[1]
        return 0 < last.position <= len(records) and records[last.position - 1] == last

    def _lose(self, seat: Seat, node: DataNode) -> None:
        log, shown = node.own.log, self._shown
        kept = next(n for n in range(len(shown), -1, -1) if not n or log.holds(_place(shown[n - 1][0])))
        for record, at_s in shown[kept:]:
            self.lost.append((seat.now_s(), at_s, record))
            self._positions.pop(record.value, None)
        del shown[kept:]
        self._newest = {record.key: record.position for record, _ in shown}

    # --- clients ----------------------------------------------------------------------------------

    def began(self, seat: Seat) -> None:
        """What its former life was asked is answered no more."""
        self._asked[seat.host] = {}

    def asked(self, seat: Seat, via: str, ask: Ask) -> None:
        asked = self._asked.setdefault(seat.host, {})
        asked[via, ask.request] = _Asked(ask, len(self._shown), seat.now_s())

    def answered(self, seat: Seat, node: DataNode, via: str, reply: Reply) -> None:
        """Good or bad: a read shows what was acknowledged, nothing older than when it was asked for."""
        asked = self._asked.get(seat.host, {}).pop((via, reply.request), None)
        if asked is None or reply.outcome != "ok":
            return
        role = node.role
        if not isinstance(role, Primary) or not role.serving(seat.clock_s()):
            self._findings.broken(seat, "stale-answer", f"{seat.host} answers {asked.ask} without serving")
            return
        upto = role.counting.acknowledged
        if isinstance(asked.ask, Read | ReadAll) and self._excuses(seat):
            return  # it may show what it had until its lease has run out; it acknowledges nothing
        if upto < asked.floor and not self.lost:
            detail = f"{seat.host} answers {asked.ask} at {upto}, {asked.floor} was acknowledged"
            self._findings.broken(seat, "stale-answer", detail)
        self._right(seat, asked, reply, upto)

    def _right(self, seat: Seat, asked: _Asked, reply: Reply, upto: int) -> None:
        match asked.ask:
            case Write(value=value):
                self.asked_s = max(self.asked_s, asked.at_s)
                if value not in self._positions:
                    detail = f"{seat.host} tells {asked.ask} before it is acknowledged"
                    self._findings.broken(seat, "shown-too-early", detail)
            case Read(key=key) if reply.value != (shown := self._value(key, upto)):
                detail = f"{seat.host} answers {asked.ask} with '{reply.value}', not '{shown}'"
                self._findings.broken(seat, "stale-answer", detail)

    def _value(self, key: str, upto: int) -> str:
        position = self._newest.get(key, 0)
        if position <= upto:
            return self._shown[position - 1][0].value if position else ""
        return next((r.value for r, _ in reversed(self._shown[:upto]) if r.key == key), "")


def _place(record: Record) -> Place:
    return Place(record.epoch, record.position)
