"""A witness without its store: new, or it has lost what it promised. Copies from all others before it speaks.

It waits first until no proposer counts an answer of its former life any more (a ballot ends after BALLOT_S),
then asks all others in one round; the highest promise and the highest accepted value of all are its own.
Promises that its former life gave count at a majority, so another witness of that majority holds them too.

Where a majority has no store, but another one holds a value, something is lost that nobody can copy: it stays
silent and calls a person. At the cluster's first start nobody holds a value.
"""

from __future__ import annotations

from targets.reference.defects import COPIES_FROM_ONE
from targets.reference.machines.register.caspaxos import BALLOT_S, newest
from targets.reference.machines.words.grammar import Alert, Effects, Send, SetTimer, WitnessState
from targets.reference.machines.words.messages import NO_BALLOT, CopyAnswer, CopyRequest, Register
from targets.reference.settings import Settings

TIMER = "copy"
# Two clocks' rates differ, and a proposer's timer may be late.
_FORMER_BALLOTS_S = 2 * BALLOT_S
_ROUND_S = 0.2
_BAD_ROUNDS_MAX = 10


class Copying:
    """`state` is None until it is done."""

    def __init__(self, name: str, settings: Settings, defects: frozenset[str] = frozenset()) -> None:
        self._others = frozenset(settings.witnesses) - {name}
        self._needed = 1 if COPIES_FROM_ONE in defects else len(self._others)
        self._majority, self._name = settings.majority, name
        self._round, self._bad_rounds = 0, 0
        self._answers: dict[str, CopyAnswer] = {}
        self.state: WitnessState | None = None

    def begin(self, now_s: float) -> Effects:
        return [SetTimer(TIMER, now_s + _FORMER_BALLOTS_S)]

    def fired(self, now_s: float) -> Effects:
        """The time for a new round: answers of an older one are as old as that."""
        if self.state is not None:
            return []
        self._round += 1
        self._answers = {}
        request = CopyRequest(self._round)
        asks: Effects = [Send(witness, request) for witness in sorted(self._others)]
        return [*asks, SetTimer(TIMER, now_s + _ROUND_S)]

    def answered(self, sender: str, message: CopyAnswer) -> Effects:
        if self.state is not None or message.request != self._round or sender not in self._others:
            return []
        self._answers[sender] = message
        if len(self._answers) < self._needed:
            return []
        return self._all_answered([*self._answers.values()])

    def _all_answered(self, answers: list[CopyAnswer]) -> Effects:
        empty = 1 + sum(answer.empty for answer in answers)
        if empty >= self._majority and any(answer.accepted != NO_BALLOT for answer in answers):
            return self._lost()
        self.state = newest(
            WitnessState(promised=answer.promised, accepted=answer.accepted, value=answer.value)
            for answer in answers
        )
        return []

    def _lost(self) -> Effects:
        """At a first start the others may be a moment ahead, so it looks again before it calls."""
        self._bad_rounds += 1
        if self._bad_rounds != _BAD_ROUNDS_MAX:
            return []
        return [
            Alert(
                f"{self._name}: a majority of the witnesses has lost its store, and with it what it had "
                "promised; bring a store back, or make the register anew by hand"
            )
        ]


def answer(request: CopyRequest, state: WitnessState | None) -> CopyAnswer:
    """What a witness tells one that has lost its store; it may have none itself."""
    if state is None:
        return CopyAnswer(request.request, True, NO_BALLOT, NO_BALLOT, Register())
    return CopyAnswer(request.request, False, state.promised, state.accepted, state.value)
