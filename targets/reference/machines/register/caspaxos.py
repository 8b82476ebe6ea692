"""The register by CASPaxos: acceptor (in each witness) and proposer. Ignores what the value means.

CASPaxos (Rystsov 2018): a leaderless compare-and-set register, each change one ballot of two phases.

What one ballot proves. `Committed` is counted only after a majority has *accepted* the value in this
very ballot, whether it was changed, read, or compared in vain: promises prove nothing (a value shown by
one witness may never have been chosen), and a rival's accepted value proves nothing (ours may have been
chosen in between). `Uncertain` after a change says nothing at all, until a later full read ballot:

- the read returns what was proposed (or what was built on it): the change has happened;
- it returns anything else: the change did not happen and never will. The read's majority holds its value at
  a higher ballot, so every later majority shows that or a later one, and the acceptors of that majority
  refuse the old ballot's accepts for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from targets.reference.defects import BALLOT_AGAIN, ONE_ACCEPTED_IS_ENOUGH, PROMISES_PROVE
from targets.reference.machines.words.grammar import Effects, Persist, Send, SetTimer, StopTimer, WitnessState
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Ballot,
    BallotRefused,
    Message,
    Prepare,
    Promised,
    Register,
)

TIMER = "ballot"
# Several round trips and disk syncs of a loaded machine. A proposer counts no answer that comes later,
# paused or not: a witness that lost its store relies on it (see witness/copying.py).
BALLOT_S = 0.25


class Committed(Struct, frozen=True):
    """A majority has accepted this value. changed: our compare succeeded, in this ballot."""

    register: Register
    changed: bool


class Uncertain(Struct, frozen=True):
    """The ballot ended midway.

    proposed: the change was sent to be accepted. It may have happened, or may yet; only a read ballot tells.
    """

    reason: str
    proposed: bool


Outcome = Committed | Uncertain


class _Ballot(Struct):
    """One ballot under way. value None: still collecting promises."""

    ballot: Ballot
    deadline_s: float
    expected: Register | None
    proposed: Register | None
    promises: dict[str, Promised]
    accepted: set[str]
    refused: set[str]
    value: Register | None = None
    changed: bool = False


class Proposer:
    """One ballot at a time, bounded by BALLOT_S. Knows the witnesses by name, and no retry: the owner's part.

    Sends go out as effects (also to a witness of the owner's own name); `take()` gives an outcome once.
    """

    def __init__(
        self,
        node: str,
        incarnation: int,
        witnesses: tuple[str, ...],
        majority: int,
        defects: frozenset[str] = frozenset(),
    ) -> None:
        """incarnation: drawn anew at every start of the process, so that no ballot is used twice."""
        self.outcome: Outcome | None = None
        self._node = node
        self._incarnation = incarnation
        self._witnesses = witnesses
        self._majority = majority
        self._accepts_needed = 1 if ONE_ACCEPTED_IS_ENOUGH in defects else majority
        self._promises_prove = PROMISES_PROVE in defects
        self._counter = 0
        self._now: _Ballot | None = None

    @property
    def busy(self) -> bool:
        return self._now is not None

    def heard(self, ballot: Ballot) -> None:
        """Somebody uses this ballot: go above it next time (saves a refused round, nothing more)."""
        self._counter = max(self._counter, ballot[0])

    def start(self, now_s: float, expected: Register | None, proposed: Register | None) -> Effects:
        """Begin: a read (both None), or `proposed` in place of `expected` if the whole old value is that."""
        assert self._now is None, "one ballot at a time: wait for the outcome, or drop() it"
        assert (expected is None) == (proposed is None), "a change names both values, a read none"
        self._counter += 1
        ballot = (self._counter, self._node, self._incarnation)
        self.outcome = None
        self._now = _Ballot(ballot, now_s + BALLOT_S, expected, proposed, {}, set(), set())
        return [SetTimer(TIMER, now_s + BALLOT_S), *self._to_all(Prepare(ballot))]

    def handle(self, now_s: float, sender: str, message: Message) -> Effects:
        """A witness's answer; anything else, of another ballot, or too late, is ignored."""
        if isinstance(message, BallotRefused):
            self.heard(message.promised)
        if self._now is None or sender not in self._witnesses:
            return []
        if not isinstance(message, Promised | Accepted | BallotRefused) or message.ballot != self._now.ballot:
            return []
        if now_s >= self._now.deadline_s:
            return self.expire(now_s)
        match message:
            case Promised():
                return self._promised(self._now, sender, message)
            case Accepted():
                return self._accepted(self._now, sender)
            case BallotRefused():
                return self._refused(self._now, sender)

    def expire(self, now_s: float) -> Effects:
        """The timer "ballot" has fired (one of an earlier ballot is ignored)."""
        if self._now is None or now_s < self._now.deadline_s:
            return []
        return self._end(self._uncertain("no majority answered in time"))

    def drop(self) -> Effects:
        """Give the ballot under way up; a change in it is as uncertain as after a time-out."""
        return self._end(self._uncertain("given up")) if self._now else []

    def take(self) -> Outcome | None:
        """The outcome, once."""
        outcome, self.outcome = self.outcome, None
        return outcome

    def _promised(self, now: _Ballot, sender: str, message: Promised) -> Effects:
        if now.value is not None:
            return []
        now.promises[sender] = message
        if len(now.promises) < self._majority:
            return []
        current = max(now.promises.values(), key=lambda promise: promise.accepted).value
        now.changed = now.expected is not None and current == now.expected
        if self._promises_prove and not now.changed:
            return self._end(Committed(current, changed=False))
        now.value = now.proposed if now.changed and now.proposed is not None else current
        now.promises, now.refused = {}, set()
        return self._to_all(Accept(now.ballot, now.value))

    def _accepted(self, now: _Ballot, sender: str) -> Effects:
        if now.value is None:
            return []
        now.accepted.add(sender)
        if len(now.accepted) < self._accepts_needed:
            return []
        return self._end(Committed(now.value, now.changed))

    def _refused(self, now: _Ballot, sender: str) -> Effects:
        now.refused.add(sender)
        if len(self._witnesses) - len(now.refused) >= self._majority:
            return []
        return self._end(self._uncertain("a higher ballot is under way"))

    def _uncertain(self, reason: str) -> Uncertain:
        return Uncertain(reason, proposed=self._now is not None and self._now.changed)

    def _end(self, outcome: Outcome) -> Effects:
        self._now = None
        self.outcome = outcome
        return [StopTimer(TIMER)]

    def _to_all(self, message: Message) -> Effects:
        return [Send(witness, message) for witness in self._witnesses]


class Acceptor:
    """A witness's part: makes promise and accept durable before answering. Ignores who asks."""

    def __init__(self, state: WitnessState, defects: frozenset[str] = frozenset()) -> None:
        self.state = state
        self._promises_again = BALLOT_AGAIN in defects

    def prepare(self, message: Prepare) -> tuple[Effects, Message]:
        """Effects to carry out first, and the answer. A promise needs a strictly higher ballot."""
        if message.ballot <= self.state.promised and not self._is_same_number(message.ballot):
            return [], BallotRefused(message.ballot, self.state.promised)
        effects = self._store(message.ballot, self.state.accepted, self.state.value)
        return effects, Promised(message.ballot, self.state.accepted, self.state.value)

    def accept(self, message: Accept) -> tuple[Effects, Message]:
        """Accepts at the promised ballot or above; the same accept twice is answered the same."""
        if message.ballot < self.state.promised and not self._is_same_number(message.ballot):
            return [], BallotRefused(message.ballot, self.state.promised)
        return self._store(message.ballot, message.ballot, message.value), Accepted(message.ballot)

    def _is_same_number(self, ballot: Ballot) -> bool:
        """Never: who used a number, and in which life, is part of it."""
        return self._promises_again and ballot[0] == self.state.promised[0]

    def _store(self, promised: Ballot, accepted: Ballot, value: Register) -> Effects:
        self.state = WitnessState(promised=promised, accepted=accepted, value=value)
        return [Persist(self.state)]


def newest(states: Iterable[WitnessState]) -> WitnessState:
    """The highest promise and the highest accepted value of all; the empty register of none."""
    known = list(states) or [WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=Register())]
    last = max(known, key=lambda state: state.accepted)
    return WitnessState(
        promised=max(state.promised for state in known), accepted=last.accepted, value=last.value
    )
