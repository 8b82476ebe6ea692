"""A primary's streams to its standbys, and what each is known to hold. Ignores leases and who counts."""

from __future__ import annotations

from collections.abc import Iterable

from targets.reference.defects import ANSWER_WITHOUT_EPOCH
from targets.reference.machines.data_node.log import Log
from targets.reference.machines.data_node.primary.counting import Counting
from targets.reference.machines.data_node.primary.lag import Lags
from targets.reference.machines.words.grammar import Answer, Effects
from targets.reference.machines.words.messages import (
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
from targets.reference.machines.words.operating import StandbyStatus
from targets.reference.machines.words.shipped import AtRest
from targets.reference.settings import Settings

# One message holds at most so many records, and so many may be on their way unanswered.
_BATCH_MAX = 500
_WINDOW_MAX = 4000


class _Session:
    """One standby's stream: over the connection that its Follow came by."""

    def __init__(self, member: Member, via: str, start: Place, now_s: float) -> None:
        self.member, self.via = member, via
        self.start = self.sent = start.position
        # Its log may be longer than what its disk holds: it says so itself, in its first answer.
        self.held, self.has_said = 0, False
        self.heard_s = now_s


class Replication:
    """Of one reign. counting: who counts, by what is known here."""

    def __init__(
        self, log: Log, register: Register, settings: Settings, defects: frozenset[str] = frozenset()
    ) -> None:
        self._log, self._settings, self._silence_s = log, settings, settings.detector.silence_s
        self._by_position = ANSWER_WITHOUT_EPOCH in defects
        self._epoch = register.epoch
        self._sessions: dict[str, _Session] = {}
        self._following: tuple[Member, ...] = ()
        self.at_rest: dict[str, AtRest] = {}  # cold standbys, as their agents say
        self.counting = Counting(
            settings,
            register,
            mark=log.last.position,
            held=self.held,
            following=self.following,
            defects=defects,
        )

    # --- what is known ----------------------------------------------------------------------------

    def held(self, member: Member) -> int:
        """Up to there it is known to hold the log durably; nothing is known of who does not follow."""
        session = self._sessions.get(member.node)
        return session.held if session and session.member == member else 0

    def following(self) -> Iterable[Member]:
        return self._following

    def said(self) -> dict[str, int]:
        """What those hold who follow and have said it; of who has just come nothing is known."""
        return {node: session.held for node, session in self._sessions.items() if session.has_said}

    def heard(self, since_s: float) -> Iterable[Member]:
        """Those who follow and have answered since then."""
        return [session.member for session in self._sessions.values() if session.heard_s >= since_s]

    def has_all(self, node: str) -> bool:
        """The standby is eligible and holds durably all that there is."""
        session = self._sessions.get(node)
        if session is None or session.member not in self.counting.register.eligible:
            return False
        return session.held == self._log.last.position

    def identity(self, node: str) -> str:
        session = self._sessions.get(node)
        return session.member.identity if session else ""

    def states(self, now_s: float, lags: Lags) -> tuple[StandbyStatus, ...]:
        """Of everyone who follows or is at rest, and of the eligible that are neither."""
        members = {member.node: member for member in self.counting.standbys}
        members |= {name: one.member for name, one in self.at_rest.items()}
        members |= {name: session.member for name, session in self._sessions.items()}
        return tuple(self._state(now_s, member, lags) for _, member in sorted(members.items()))

    def _state(self, now_s: float, member: Member, lags: Lags) -> StandbyStatus:
        session = self._sessions.get(member.node)
        known = session if session is not None else self.at_rest.get(member.node)
        held = known.held if known is not None and known.member == member else 0
        lag = lags.of(now_s, member.node, held)
        return StandbyStatus(
            node=member.node,
            eligible=member in self.counting.register.eligible,
            counts=member in self.counting.members(),
            held=held,
            lag_positions=lag.positions,
            lag_bytes=lag.bytes,
            lag_s=lag.seconds_s,
            carries_load=lags.carries_load(member.node),
            heard_ago_s=now_s - known.heard_s if known else float("inf"),
            temperature=self._settings.temperature(member.node),
            at_rest=session is None and known is not None,
        )

    # --- streams ----------------------------------------------------------------------------------

    def follow(self, now_s: float, message: Follow, via: str) -> Effects:
        start = self._log.common(message.history)
        session = _Session(Member(message.node, message.identity), via, start, now_s)
        self._sessions[message.node] = session
        self._note_who_follows()
        self.counting.begins_anew(session.member)
        self.counting.forget_the_gone()
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
            session.held, session.has_said = max(session.held, message.last.position), True
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
        self.counting.give_up_stalled(now_s, after_s=self._silence_s)
        return effects

    def say(self, member: Member, message: Message) -> Effects:
        """A word to one who follows."""
        session = self._sessions.get(member.node)
        return [Answer(session.via, message)] if session and session.member == member else []

    def down(self, member: Member) -> None:
        """Its data node does not run, as its agent says."""
        if member.node in self._sessions:
            self._lose(member.node)

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
        return Answer(session.via, Stream(self._epoch, previous, records, self.counting.acknowledged))

    def _lose(self, node: str) -> None:
        del self._sessions[node]
        self._note_who_follows()
        self.counting.forget_the_gone()

    def _note_who_follows(self) -> None:
        self._following = tuple(session.member for session in self._sessions.values())
