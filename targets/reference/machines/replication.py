"""A primary's view of its standbys, and what counts as acknowledged. Ignores leases and clients.

    acknowledged = the last position that the primary itself and every standby that counts hold durably,
                   once a record of the own epoch is among them

A standby counts when the register's `eligible` names its (node, identity), or might: while a change is
unresolved, the old set and the new one both must be satisfied. One that comes back counts from the moment on
from which it is waited for, before it is published. In async mode the primary alone is enough.
"""

from __future__ import annotations

from targets.reference.defects import (
    ACK_BEFORE_REPLICATION,
    ANSWER_WITHOUT_EPOCH,
    OWN_FSYNC_NOT_AWAITED,
)
from targets.reference.machines.grammar import Answer, Effects
from targets.reference.machines.log import Log
from targets.reference.machines.messages import (
    Common,
    Follow,
    Member,
    Message,
    Place,
    Register,
    Stream,
    StreamAck,
    StreamRefused,
)
from targets.reference.machines.operating import StandbyStatus

# One message holds at most so many records, and so many may be on their way unanswered.
_BATCH_MAX = 500
_WINDOW_MAX = 4000
# So close to the end of the log a standby can be waited for.
_CLOSE = 200


class _Session:
    """One standby's stream: over the connection that its Follow came by."""

    def __init__(self, member: Member, via: str, start: Place, now_s: float) -> None:
        self.member, self.via = member, via
        self.start = self.sent = start.position
        # Its log may be longer than what its disk holds: it says so itself, in its first answer.
        self.held = 0
        self.heard_s = now_s


class Replication:
    """Of one reign. mark: the position of the record that opened it."""

    def __init__(
        self,
        log: Log,
        register: Register,
        *,
        sync: bool,
        silence_s: float,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        self._log, self._silence_s = log, silence_s
        self._sync = sync and ACK_BEFORE_REPLICATION not in defects
        self._by_position = ANSWER_WITHOUT_EPOCH in defects
        self._own_disk_counts = OWN_FSYNC_NOT_AWAITED not in defects
        self._epoch, self._own = register.epoch, register.primary
        self._views = [register]
        self._sessions: dict[str, _Session] = {}
        # Standbys that come back, each with the position from which on it is waited for.
        self._returning: dict[Member, int] = {}
        self._durable = 0
        self.mark = log.last.position
        self.acknowledged = 0

    # --- what counts ------------------------------------------------------------------------------

    @property
    def register(self) -> Register:
        return self._views[0]

    def proposed(self, register: Register) -> None:
        """A change is under way: until it is resolved both sets must be satisfied."""
        self._views = [self._views[0], register]

    def resolved(self, register: Register) -> None:
        """A full ballot has shown this to be in force, so nothing else is."""
        self._views = [register]
        self._forget_the_gone()

    def durable(self, position: int) -> None:
        """The primary's own disk holds everything up to there."""
        self._durable = max(self._durable, position)

    def reachable(self) -> int:
        """The position up to which everything may be acknowledged; the lease is the caller's business."""
        held = min((self._held(member) for member in self._counting()), default=self._durable)
        place = min(held, self._durable) if self._own_disk_counts else held
        return place if place >= self.mark else 0

    def waited_for(self) -> tuple[str, ...]:
        """The standbys without which nothing is acknowledged."""
        return tuple(sorted({member.node for member in self._counting()}))

    def has_all(self, node: str) -> bool:
        """The standby is eligible and holds durably all that there is."""
        session = self._sessions.get(node)
        if session is None or session.member not in self.register.eligible:
            return False
        return session.held == self._log.last.position

    def identity(self, node: str) -> str:
        session = self._sessions.get(node)
        return session.member.identity if session else ""

    def states(self, now_s: float) -> tuple[StandbyStatus, ...]:
        """Of everyone who follows, and of the eligible that do not."""
        eligible = {member.node: member for member in self.register.eligible if member.node != self._own}
        members = eligible | {name: session.member for name, session in self._sessions.items()}
        return tuple(self._state(now_s, member) for _, member in sorted(members.items()))

    def _state(self, now_s: float, member: Member) -> StandbyStatus:
        session, held, last = self._sessions.get(member.node), self._held(member), self._log.last.position
        lacking = self._log.after(held, at_most=last - held)
        return StandbyStatus(
            node=member.node,
            eligible=member in self.register.eligible,
            counts=member in self._counting(),
            held=held,
            lag_positions=last - held,
            lag_bytes=sum(len(record.key) + len(record.value) for record in lacking),
            heard_ago_s=now_s - session.heard_s if session else float("inf"),
        )

    # --- streams ----------------------------------------------------------------------------------

    def follow(self, now_s: float, message: Follow, via: str) -> Effects:
        start = self._log.common(message.history)
        session = _Session(Member(message.node, message.identity), via, start, now_s)
        self._sessions[message.node] = session
        self._returning.pop(session.member, None)
        self._forget_the_gone()
        of = message.history[-1] if message.history else Place()
        return [
            Answer(via, Common(self._epoch, start, of)),
            *(self._pump(session) or [self._stream(session, 0)]),
        ]

    def ack(self, now_s: float, message: StreamAck) -> Effects:
        """Of another epoch or store it is void; of a record that is not in this log too."""
        session = self._sessions.get(message.node)
        if session is None or message.identity != session.member.identity:
            return []
        if message.epoch != self._epoch and not self._by_position:
            return []
        session.heard_s = now_s
        if self._by_position or self._log.holds(message.last):
            session.held = max(session.held, message.last.position)
        return self._pump(session)

    def refused(self, message: StreamRefused) -> Effects:
        """It lacks something in between: from what it has, if that is here too; else it must follow anew."""
        session = self._sessions.get(message.node)
        if session is None or message.epoch != self._epoch or not self._log.holds(message.last):
            return []
        session.sent = message.last.position
        return self._pump(session)

    def appended(self) -> Effects:
        """Records were added to the log: on to everyone who follows."""
        return [effect for session in self._sessions.values() for effect in self._pump(session)]

    def beat(self, now_s: float) -> Effects:
        """Ask everyone who is up to date whether they are there; drop those who have not been for long."""
        effects: Effects = []
        for node, session in [*self._sessions.items()]:
            if now_s - session.heard_s > self._silence_s:
                self._lose(node)
            elif session.sent == self._log.last.position:
                effects.append(self._stream(session, 0))
        return effects

    def farewell(self, message: Message) -> Effects:
        """A last word to everyone who follows."""
        return [Answer(session.via, message) for session in self._sessions.values()]

    def _pump(self, session: _Session) -> Effects:
        effects: Effects = []
        while session.sent < self._log.last.position and self._on_its_way(session) < _WINDOW_MAX:
            effects.append(self._stream(session, _BATCH_MAX))
        return effects

    def _on_its_way(self, session: _Session) -> int:
        return session.sent - max(session.held, session.start)

    def _stream(self, session: _Session, at_most: int) -> Answer:
        previous = self._log.place(session.sent)
        records = self._log.after(session.sent, at_most=at_most)
        session.sent += len(records)
        return Answer(session.via, Stream(self._epoch, previous, records, self.acknowledged))

    def _lose(self, node: str) -> None:
        del self._sessions[node]
        self._forget_the_gone()

    def _forget_the_gone(self) -> None:
        """Who is published counts as such; who is not, and follows no more, need not be waited for.

        While a change is unresolved its members count by it. A store that is lost never comes back.
        """
        follow = {session.member for session in self._sessions.values()}
        returning = self._returning.items()
        self._returning = {m: p for m, p in returning if m in follow and m not in self.register.eligible}

    # --- coming back ------------------------------------------------------------------------------

    def candidate(self, *, successors_only: bool = False) -> Register | None:
        """The register with one more standby: it holds everything up to the moment since which it counts.

        successors_only: only in place of another store of the same node.
        """
        if len(self._views) > 1:
            return None
        self._wait_for_returning(successors_only)
        for member, since in self._returning.items():
            if self._held(member) >= since:
                others = [other for other in self.register.eligible if other.node != member.node]
                return self.register.with_eligible(tuple(sorted([*others, member])))
        return None

    def _wait_for_returning(self, successors_only: bool) -> None:
        last, named = self._log.last.position, {member.node for member in self.register.eligible}
        for session in self._sessions.values():
            known = session.member in self._returning or session.member in self.register.eligible
            if successors_only and session.member.node not in named:
                continue
            if not known and last - session.held <= _CLOSE:
                self._returning[session.member] = last

    def _counting(self) -> set[Member]:
        if not self._sync:
            return set()
        named = {member for view in self._views for member in view.eligible if member.node != self._own}
        return named | self._returning.keys()

    def _held(self, member: Member) -> int:
        session = self._sessions.get(member.node)
        return session.held if session and session.member == member else 0
