"""Register operations to their end: a ballot that proves nothing is followed by another. Ignores the meaning.

A change is proposed once. A ballot that ended before it had proposed anything is begun again as it was. If a
change was proposed and its outcome is uncertain, full read ballots follow until one is committed, and that
value tells: it is what was proposed (or was built on it), or the change never happened and never will.
So the owner only ever learns what is in force.
"""

from __future__ import annotations

from targets.reference.machines.register.caspaxos import TIMER, Committed, Proposer
from targets.reference.machines.words.grammar import Effects, SetTimer
from targets.reference.machines.words.messages import Ballot, Message, Register
from targets.reference.settings import Settings

AGAIN = "ballot again"
# Two proposers that were in each other's way come back at different times, and later each time.
_AGAIN_S = 0.01
_AGAIN_MAX_S = 0.2


class Registrar:
    """One operation at a time; `take()` gives the register in force, once per operation."""

    def __init__(
        self, node: str, incarnation: int, settings: Settings, defects: frozenset[str] = frozenset()
    ) -> None:
        self._proposer = Proposer(node, incarnation, settings.witnesses, settings.majority, defects)
        self._drawn = incarnation + (settings.witnesses + settings.nodes).index(node)
        self._change: tuple[Register, Register] | None = None
        self._attempts = 0
        self.settled: Register | None = None  # what take() gives
        self.busy = False

    def read(self, now_s: float) -> Effects:
        """Does nothing while an operation is under way: its outcome is as new."""
        if self.busy:
            return []
        return self._begin(now_s, None)

    def change(self, now_s: float, expected: Register, proposed: Register) -> Effects:
        assert not self.busy, "one operation at a time"
        return self._begin(now_s, (expected, proposed))

    def abandon(self) -> None:
        """What was not proposed yet is not proposed any more; the operation ends as a read."""
        self._change = None

    def heard(self, ballot: Ballot) -> None:
        """Somebody's ballot: the next one here goes above it."""
        self._proposer.heard(ballot)

    def take(self) -> Register | None:
        settled, self.settled = self.settled, None
        return settled

    def handle(self, now_s: float, sender: str, message: Message) -> Effects:
        return self._after(now_s, self._proposer.handle(now_s, sender, message))

    def fired(self, now_s: float, timer: str) -> Effects:
        """True timers of this machine are TIMER and AGAIN; others are ignored."""
        if timer == TIMER:
            return self._after(now_s, self._proposer.expire(now_s))
        if timer == AGAIN and self.busy and not self._proposer.busy:
            return self._start(now_s)
        return []

    def _begin(self, now_s: float, change: tuple[Register, Register] | None) -> Effects:
        self.busy, self._change, self._attempts, self.settled = True, change, 0, None
        return self._start(now_s)

    def _start(self, now_s: float) -> Effects:
        return self._proposer.start(now_s, *(self._change or (None, None)))

    def _after(self, now_s: float, effects: Effects) -> Effects:
        outcome = self._proposer.take()
        if outcome is None:
            return effects
        if isinstance(outcome, Committed):
            self.busy, self.settled = False, outcome.register
            return effects
        if outcome.proposed:
            self._change = None
        self._attempts += 1
        if self._attempts % 2:
            # Most often its number was merely too low, and now it knows better.
            return [*effects, *self._start(now_s)]
        return [*effects, SetTimer(AGAIN, now_s + self._pause_s())]

    def _pause_s(self) -> float:
        """Of no pattern that two proposers share: their incarnations were drawn."""
        part = (self._drawn * 0.6180339887 + self._attempts * 0.7548776662) % 1.0
        longest_s: float = min(_AGAIN_S * 2**self._attempts, _AGAIN_MAX_S)
        return longest_s * (0.25 + part)
