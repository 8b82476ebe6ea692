from targets.reference.machines.register.caspaxos import BALLOT_S
from targets.reference.machines.witness.copying import TIMER, Copying, answer
from targets.reference.machines.words.grammar import Alert, Send, SetTimer, WitnessState
from targets.reference.machines.words.messages import NO_BALLOT, Ballot, CopyAnswer, CopyRequest, Register
from tests.targets.reference.machines.playbook import SETTINGS, A, B

V, P = Register(1, "n1", (A, B)), Register(2, "n2", (B,))


def holding(request: int, promised: Ballot, accepted: Ballot, value: Register) -> CopyAnswer:
    return CopyAnswer(request, False, promised, accepted, value)


def empty(request: int) -> CopyAnswer:
    return CopyAnswer(request, True, NO_BALLOT, NO_BALLOT, Register())


def asking() -> Copying:
    """Its first round is under way."""
    given = Copying("w1", SETTINGS)
    given.begin(0.0)
    given.fired(1.0)
    return given


def test_it_waits_until_no_proposer_counts_an_answer_of_its_former_life() -> None:
    effects = Copying("w1", SETTINGS).begin(10.0)
    assert isinstance(effects[0], SetTimer) and effects[0].at_s > 10.0 + BALLOT_S


def test_it_asks_all_others_in_one_round_and_again_later() -> None:
    given = Copying("w1", SETTINGS)
    given.begin(0.0)
    effects = given.fired(1.0)
    assert effects[:2] == [Send("w2", CopyRequest(1)), Send("w3", CopyRequest(1))]
    assert isinstance(effects[2], SetTimer) and effects[2].timer == TIMER


def test_a_witness_that_came_back_empty_says_nothing_until_all_others_have_answered() -> None:
    """It promised something; whoever else promised it too is among the others."""
    given = asking()
    given.answered("w2", holding(1, (5, "n1", 1), (1, "n1", 1), V))
    assert given.state is None
    given.answered("w3", holding(1, (2, "n2", 1), (2, "n2", 1), P))
    assert given.state == WitnessState(promised=(5, "n1", 1), accepted=(2, "n2", 1), value=P)


def test_answers_of_an_older_round_do_not_count() -> None:
    given = asking()
    given.answered("w2", holding(1, (1, "n1", 1), (1, "n1", 1), V))
    given.fired(2.0)
    given.answered("w3", holding(2, (1, "n1", 1), (1, "n1", 1), V))
    assert given.state is None
    given.answered("w2", holding(1, (1, "n1", 1), (1, "n1", 1), V))
    assert given.state is None
    given.answered("w2", holding(2, (1, "n1", 1), (1, "n1", 1), V))
    assert given.state is not None


def test_two_answers_of_the_same_witness_are_one() -> None:
    given = asking()
    given.answered("w2", holding(1, (1, "n1", 1), (1, "n1", 1), V))
    given.answered("w2", holding(1, (1, "n1", 1), (1, "n1", 1), V))
    given.answered("n2", holding(1, (1, "n1", 1), (1, "n1", 1), V))
    assert given.state is None


def test_at_the_first_start_nobody_holds_anything() -> None:
    given = asking()
    given.answered("w2", empty(1))
    given.answered("w3", empty(1))
    assert given.state == WitnessState(promised=NO_BALLOT, accepted=NO_BALLOT, value=Register())


def test_at_the_first_start_others_may_be_ahead() -> None:
    given = asking()
    given.answered("w2", empty(1))
    given.answered("w3", holding(1, (1, "n1", 1), NO_BALLOT, Register()))
    assert given.state == WitnessState(promised=(1, "n1", 1), accepted=NO_BALLOT, value=Register())


def test_with_a_majority_empty_beside_a_value_it_stays_silent_and_calls_a_person_once() -> None:
    given, alerts = asking(), 0
    for number in range(1, 30):
        given.answered("w2", empty(number))
        effects = given.answered("w3", holding(number, (1, "n1", 1), (1, "n1", 1), V))
        alerts += sum(isinstance(effect, Alert) for effect in effects)
        given.fired(1.0 + number)
    assert given.state is None and alerts == 1


def test_what_others_are_told_is_the_whole_state_or_that_there_is_none() -> None:
    state = WitnessState(promised=(5, "n1", 1), accepted=(2, "n2", 1), value=P)
    assert answer(CopyRequest(3), state) == holding(3, (5, "n1", 1), (2, "n2", 1), P)
    assert answer(CopyRequest(3), None) == empty(3)
