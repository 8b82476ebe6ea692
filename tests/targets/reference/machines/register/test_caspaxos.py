from targets.reference.machines.register.caspaxos import (
    BALLOT_S,
    Acceptor,
    Committed,
    Proposer,
    Uncertain,
    newest,
)
from targets.reference.machines.words.grammar import Persist, Send, SetTimer, StopTimer, WitnessState
from targets.reference.machines.words.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Ballot,
    BallotRefused,
    Prepare,
    Promised,
    Register,
)
from tests.targets.reference.machines.playbook import A, B

V = Register(1, "n1", (A, B))
D = Register(1, "n1", (A,))
P = Register(2, "n2", (B,))
WITNESSES = ("w1", "w2", "w3")


def proposer(node: str = "n1", incarnation: int = 7) -> Proposer:
    return Proposer(node, incarnation, WITNESSES, majority=2)


def acceptor(promised: Ballot = NO_BALLOT, accepted: Ballot = NO_BALLOT, value: Register = V) -> Acceptor:
    return Acceptor(WitnessState(promised=promised, accepted=accepted, value=value))


def promise(ballot: Ballot, value: Register, accepted: Ballot = NO_BALLOT) -> Promised:
    return Promised(ballot, accepted, value)


# --- proposer -------------------------------------------------------------------------------------


def test_a_ballot_asks_every_witness_and_ends_in_time() -> None:
    effects = proposer().start(10.0, None, None)
    ballot = (1, "n1", 7)
    assert effects == [
        SetTimer("ballot", 10.0 + BALLOT_S),
        *(Send(witness, Prepare(ballot)) for witness in WITNESSES),
    ]


def test_a_change_is_committed_when_a_majority_has_accepted_it() -> None:
    given = proposer()
    given.start(0.0, V, D)
    ballot = (1, "n1", 7)
    assert given.handle(0.0, "w1", promise(ballot, V)) == []
    effects = given.handle(0.0, "w2", promise(ballot, V))
    assert effects == [Send(witness, Accept(ballot, D)) for witness in WITNESSES]
    assert given.handle(0.0, "w1", Accepted(ballot)) == []
    assert given.handle(0.0, "w3", Accepted(ballot)) == [StopTimer("ballot")]
    assert given.take() == Committed(D, changed=True)
    assert given.take() is None


def test_the_value_of_the_highest_accepted_ballot_is_the_present_one() -> None:
    given = proposer()
    given.start(0.0, None, None)
    ballot = (1, "n1", 7)
    given.handle(0.0, "w1", promise(ballot, D, (3, "n1", 1)))
    effects = given.handle(0.0, "w2", promise(ballot, P, (4, "w1", 1)))
    assert Send("w1", Accept(ballot, P)) in effects


def test_a_compare_looks_at_the_whole_old_value() -> None:
    given = proposer()
    given.start(0.0, V, P)
    ballot = (1, "n1", 7)
    given.handle(0.0, "w1", promise(ballot, D))
    effects = given.handle(0.0, "w2", promise(ballot, D))
    assert Send("w1", Accept(ballot, D)) in effects
    given.handle(0.0, "w1", Accepted(ballot))
    given.handle(0.0, "w2", Accepted(ballot))
    assert given.take() == Committed(D, changed=False)


def test_promises_alone_prove_nothing() -> None:
    given = proposer()
    given.start(0.0, None, None)
    ballot = (1, "n1", 7)
    for witness in WITNESSES:
        given.handle(0.0, witness, promise(ballot, D, (1, "n2", 1)))
    assert given.take() is None
    given.handle(0.0, "w1", Accepted(ballot))
    assert given.take() is None


def test_a_rivals_accepted_value_proves_nothing() -> None:
    """The rival's value is seen at one witness; a refusal shows that ours failed, not what is in force."""
    given = proposer()
    given.start(0.0, V, D)
    ballot = (1, "n1", 7)
    given.handle(0.0, "w1", promise(ballot, V))
    given.handle(0.0, "w2", promise(ballot, V))
    given.handle(0.0, "w3", BallotRefused(ballot, (2, "w1", 1)))
    given.handle(0.0, "w2", BallotRefused(ballot, (2, "w1", 1)))
    outcome = given.take()
    assert isinstance(outcome, Uncertain) and outcome.proposed
    given.start(0.0, None, None)
    ballot = (3, "n1", 7)
    given.handle(0.0, "w1", promise(ballot, D, (1, "n1", 7)))
    given.handle(0.0, "w3", promise(ballot, P, (2, "w1", 1)))
    assert given.take() is None


def test_a_ballot_is_never_used_again_after_a_restart() -> None:
    former, restarted = proposer(incarnation=7), proposer(incarnation=8)
    used = [effect for effect in former.start(0.0, V, D) if isinstance(effect, Send)]
    again = [effect for effect in restarted.start(0.0, None, None) if isinstance(effect, Send)]
    assert {send.message for send in used}.isdisjoint(send.message for send in again)


def test_a_ballot_is_never_used_again_by_the_same_process() -> None:
    given = proposer()
    first = given.start(0.0, None, None)
    given.drop()
    assert {e for e in first if isinstance(e, Send)}.isdisjoint(given.start(0.0, None, None))


def test_a_refused_ballot_is_followed_by_a_higher_one() -> None:
    given = proposer()
    given.start(0.0, None, None)
    given.handle(0.0, "w1", BallotRefused((1, "n1", 7), (41, "w3", 9)))
    given.drop()
    assert Send("w1", Prepare((42, "n1", 7))) in given.start(0.0, None, None)


def test_one_refusal_leaves_a_majority() -> None:
    given = proposer()
    given.start(0.0, None, None)
    given.handle(0.0, "w1", BallotRefused((1, "n1", 7), (2, "w3", 9)))
    assert given.take() is None and given.busy


def test_two_refusals_end_the_ballot_before_anything_was_proposed() -> None:
    given = proposer()
    given.start(0.0, V, D)
    for witness in ("w1", "w2"):
        given.handle(0.0, witness, BallotRefused((1, "n1", 7), (2, "w3", 9)))
    outcome = given.take()
    assert isinstance(outcome, Uncertain) and not outcome.proposed


def test_an_answer_after_the_deadline_counts_no_more() -> None:
    """A witness that lost its store relies on it, however long the proposer was paused."""
    given = proposer()
    given.start(0.0, V, D)
    ballot = (1, "n1", 7)
    given.handle(0.0, "w1", promise(ballot, V))
    given.handle(0.0, "w2", promise(ballot, V))
    given.handle(0.1, "w1", Accepted(ballot))
    given.handle(BALLOT_S, "w2", Accepted(ballot))
    assert isinstance(given.take(), Uncertain)


def test_answers_of_another_ballot_and_of_strangers_are_ignored() -> None:
    given = proposer()
    given.start(0.0, None, None)
    ballot = (1, "n1", 7)
    given.handle(0.0, "w1", promise((1, "n1", 6), V))
    given.handle(0.0, "n2", promise(ballot, V))
    given.handle(0.0, "w1", promise(ballot, V))
    given.handle(0.0, "w1", promise(ballot, V))
    assert given.handle(0.0, "w1", Accepted(ballot)) == []
    assert given.take() is None


def test_a_timer_of_an_earlier_ballot_ends_nothing() -> None:
    given = proposer()
    given.start(1.0, None, None)
    assert given.expire(1.0 + BALLOT_S / 2) == []
    assert given.busy
    assert given.expire(1.0 + BALLOT_S) == [StopTimer("ballot")]


# --- acceptor -------------------------------------------------------------------------------------


def test_a_promise_is_durable_before_it_is_given() -> None:
    given = acceptor(promised=(1, "n1", 7), accepted=(1, "n1", 7), value=D)
    effects, answer = given.prepare(Prepare((2, "w1", 1)))
    assert effects == [Persist(WitnessState(promised=(2, "w1", 1), accepted=(1, "n1", 7), value=D))]
    assert answer == Promised((2, "w1", 1), (1, "n1", 7), D)


def test_a_promise_needs_a_strictly_higher_ballot() -> None:
    given = acceptor(promised=(2, "w1", 1))
    for ballot in ((2, "w1", 1), (2, "n1", 9), (1, "w3", 9)):
        assert given.prepare(Prepare(ballot)) == ([], BallotRefused(ballot, (2, "w1", 1)))


def test_a_value_is_durable_before_it_is_accepted() -> None:
    given = acceptor(promised=(2, "w1", 1))
    effects, answer = given.accept(Accept((2, "w1", 1), P))
    assert effects == [Persist(WitnessState(promised=(2, "w1", 1), accepted=(2, "w1", 1), value=P))]
    assert answer == Accepted((2, "w1", 1))


def test_a_value_below_the_promise_is_refused() -> None:
    given = acceptor(promised=(2, "w1", 1))
    assert given.accept(Accept((1, "n1", 7), D)) == ([], BallotRefused((1, "n1", 7), (2, "w1", 1)))


def test_the_newest_of_several_states_has_the_highest_promise_and_the_highest_accepted_value() -> None:
    one = WitnessState(promised=(5, "n1", 1), accepted=(1, "n1", 1), value=V)
    other = WitnessState(promised=(3, "w1", 1), accepted=(3, "w1", 1), value=P)
    assert newest([one, other]) == WitnessState(promised=(5, "n1", 1), accepted=(3, "w1", 1), value=P)
    assert newest([]) == WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=Register())
