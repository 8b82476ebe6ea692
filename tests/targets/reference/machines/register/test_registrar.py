from itertools import pairwise

from targets.reference.machines.register.caspaxos import BALLOT_S
from targets.reference.machines.register.registrar import AGAIN, Registrar
from targets.reference.machines.words.grammar import Effects, Send, SetTimer
from targets.reference.machines.words.messages import (
    Accept,
    Accepted,
    BallotRefused,
    Prepare,
    Promised,
    Register,
)
from tests.targets.reference.machines.playbook import SETTINGS, A, B

V = Register(1, "n1", (A, B))
D = Register(1, "n1", (A,))
P = Register(2, "n2", (B,))


class Given:
    """A registrar, and witnesses that answer its newest ballot."""

    def __init__(self, node: str = "n1", incarnation: int = 7) -> None:
        self.registrar = Registrar(node, incarnation, SETTINGS)
        self.now_s = 0.0
        self.effects: Effects = []

    def change(self, expected: Register, proposed: Register) -> None:
        self.effects = self.registrar.change(self.now_s, expected, proposed)

    def read(self) -> None:
        self.effects = self.registrar.read(self.now_s)

    def promise(self, value: Register) -> None:
        ballot = self.prepared[-1].ballot
        self._hear(*((w, Promised(ballot, (1, "x", 1), value)) for w in ("w1", "w2")))

    def accept(self, *witnesses: str) -> None:
        ballot = self.proposed[-1].ballot
        self._hear(*((witness, Accepted(ballot)) for witness in witnesses))

    def refuse(self, ballot: tuple[int, str, int]) -> None:
        self._hear(*((witness, BallotRefused(ballot, (90, "w3", 1))) for witness in ("w2", "w3")))

    def fire(self, timer: str, after_s: float) -> None:
        self.now_s += after_s
        self.effects = self.registrar.fired(self.now_s, timer)

    @property
    def prepared(self) -> list[Prepare]:
        return [e.message for e in self.effects if isinstance(e, Send) and isinstance(e.message, Prepare)]

    @property
    def proposed(self) -> list[Accept]:
        return [e.message for e in self.effects if isinstance(e, Send) and isinstance(e.message, Accept)]

    def pause_s(self) -> float:
        return next(e.at_s for e in self.effects if isinstance(e, SetTimer) and e.timer == AGAIN) - self.now_s

    def _hear(self, *said: tuple[str, Promised | Accepted | BallotRefused]) -> None:
        self.effects = [
            effect
            for witness, message in said
            for effect in self.registrar.handle(self.now_s, witness, message)
        ]


def test_a_read_tells_what_is_in_force_once() -> None:
    given = Given()
    given.read()
    given.promise(V)
    given.accept("w1", "w2")
    assert given.registrar.take() == V
    assert given.registrar.take() is None and not given.registrar.busy


def test_a_read_while_an_operation_is_under_way_begins_nothing() -> None:
    given = Given()
    given.change(V, D)
    given.read()
    assert given.effects == []


def test_a_change_that_is_uncertain_is_resolved_by_a_full_read() -> None:
    """Unknown taken for done: the change was proposed, and nothing is built on it before a ballot tells."""
    given = Given()
    given.change(V, D)
    given.promise(V)
    ballot = given.proposed[-1].ballot
    given.accept("w1")
    given.fire("ballot", BALLOT_S)
    assert given.registrar.take() is None and given.registrar.busy
    assert given.prepared and given.prepared[-1].ballot > ballot
    given.promise(V)
    assert {message.value for message in given.proposed} == {V}
    given.accept("w1", "w2")
    assert given.registrar.take() == V


def test_a_change_that_was_never_proposed_is_begun_again_as_it_was() -> None:
    given = Given()
    given.change(V, D)
    given.refuse(given.prepared[-1].ballot)
    assert given.prepared[-1].ballot == (91, "n1", 7)
    given.promise(V)
    assert {message.value for message in given.proposed} == {D}


def test_a_change_that_was_proposed_is_never_proposed_again() -> None:
    given = Given()
    given.change(V, D)
    given.promise(V)
    given.refuse(given.proposed[-1].ballot)
    given.promise(V)
    assert {message.value for message in given.proposed} == {V}


def test_an_abandoned_change_is_proposed_no_more() -> None:
    given = Given()
    given.change(V, P)
    given.registrar.abandon()
    given.refuse(given.prepared[-1].ballot)
    given.promise(V)
    assert {message.value for message in given.proposed} == {V}


def test_a_refusal_is_answered_at_once_by_a_higher_ballot_a_second_one_after_a_pause() -> None:
    """A number that was merely too low must not cost a pause: others count on meanwhile."""
    given = Given()
    given.read()
    for _ in range(3):
        given.refuse(given.prepared[-1].ballot)
        assert given.prepared
        given.refuse(given.prepared[-1].ballot)
        assert not given.prepared
        given.fire(AGAIN, given.pause_s())
        assert given.prepared


def test_two_proposers_in_each_others_way_come_back_at_different_times() -> None:
    pauses_s = []
    for node, incarnation in (("n1", 7), ("w1", 123456), ("w2", 99)):
        given = Given(node, incarnation)
        given.read()
        given.refuse(given.prepared[-1].ballot)
        given.refuse(given.prepared[-1].ballot)
        pauses_s.append(given.pause_s())
    # A ballot takes some milliseconds.
    assert all(abs(one - other) > 0.001 for one, other in pairwise(pauses_s))


def test_it_goes_on_until_a_majority_answers_with_pauses_that_end() -> None:
    given = Given()
    given.read()
    for _ in range(20):
        given.fire("ballot", BALLOT_S)
        given.fire("ballot", BALLOT_S)
        assert given.pause_s() <= 0.25
        given.fire(AGAIN, given.pause_s())
        assert given.prepared
    given.promise(V)
    given.accept("w2", "w3")
    assert given.registrar.take() == V


def test_a_timer_that_is_late_begins_no_second_ballot() -> None:
    given = Given()
    given.read()
    given.fire(AGAIN, 0.0)
    assert given.effects == []
