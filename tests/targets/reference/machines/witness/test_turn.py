from targets.reference.machines.witness.turn import Turn
from tests.targets.reference.machines.playbook import SETTINGS

INTERVAL_S = SETTINGS.detector.interval_s


def test_the_first_in_line_leads_at_once_the_others_one_after_another() -> None:
    first_s, second_s, third_s = (Turn(name, SETTINGS).due_s(10.0) for name in ("w1", "w2", "w3"))
    assert 10.0 == first_s < second_s < third_s < 10.0 + SETTINGS.vote_s


def test_a_turn_counts_from_the_moment_when_the_votes_were_enough() -> None:
    turn = Turn("w3", SETTINGS)
    due_s = turn.due_s(10.0)
    assert turn.due_s(10.05) == due_s
    turn.lapse()
    assert turn.due_s(10.05) > due_s


def test_it_gives_way_to_ballots_of_those_before_it_only() -> None:
    for proposer, yields in (("w1", True), ("w2", False), ("w3", False), ("n1", False)):
        turn = Turn("w2", SETTINGS)
        turn.saw_ballot(10.02, proposer)
        assert (turn.due_s(10.0) > 10.05) == yields


def test_a_ballot_that_it_gave_way_to_leaves_time_within_the_stated_bound() -> None:
    turn = Turn("w2", SETTINGS)
    turn.saw_ballot(10.0, "w1")
    assert turn.due_s(10.0) < 10.0 + SETTINGS.vote_s


def test_who_leads_is_taken_over_from_once_two_of_its_fences_are_missing() -> None:
    turn = Turn("w1", SETTINGS)
    turn.saw_fence(10.0)
    assert turn.due_s(10.0) == 10.0 + 2 * INTERVAL_S < 10.0 + SETTINGS.granted_lease_s
    turn.reset()
    assert turn.due_s(10.0) == 10.0


def test_a_ballot_does_not_shorten_what_a_fence_put_off() -> None:
    turn = Turn("w2", SETTINGS)
    turn.saw_fence(10.0)
    turn.saw_ballot(10.0, "w1")
    assert turn.due_s(10.0) > 10.0 + 2 * INTERVAL_S


def test_after_an_attempt_the_next_comes_later_and_much_later_when_nobody_could_take_over() -> None:
    turn = Turn("w1", SETTINGS)
    turn.taken(10.0, hopeless=False)
    assert turn.due_s(10.0) == 10.0 + SETTINGS.detector.interval_s
    turn.taken(10.0, hopeless=True)
    assert turn.due_s(10.0) >= 10.5
