"""A journal sorted into trials: what belongs where, also when parts of it are missing."""

from __future__ import annotations

from harness.checkers.history import Trial, history
from harness.model.journal import Entry, TrialBegan
from tests.checkers.journals import acked, final, killed, plan, read, run, says, trial


def sorted_of(*entries: Entry) -> tuple[Trial, ...]:
    return history(plan(trials=3), entries).trials


def two_trials() -> tuple[Entry, ...]:
    first = trial(acked("a", 1, 2), killed("n1", at=3, until=4), final("a", at=9), ended=10)
    second = trial(acked("b", 12, 13, trial=2), read("b", 14, 15, trial=2), number=2, begun=11, ended=20)
    return run(first, second).entries


def test_operations_belong_to_the_trial_they_name_and_all_else_to_where_it_stands() -> None:
    first, second = sorted_of(*two_trials())
    assert ([w.value for w in first.writes], [w.value for w in second.writes]) == (["a"], ["b"])
    assert (len(first.reads), len(second.reads)) == (0, 1)
    assert (len(first.acts), len(second.acts)) == (1, 0)
    assert first.final is not None
    assert second.final is None


def test_a_trial_reaches_until_the_next_one_begins() -> None:
    first, second = sorted_of(*two_trials())
    assert (first.began_s, first.ended_s, first.until_s) == (0.0, 10.0, 11.0)
    assert second.until_s == float("inf")


def test_a_trial_whose_end_is_missing_is_not_whole() -> None:
    first, second = sorted_of(*two_trials()[:-2])
    assert (first.whole, first.completed) == (True, True)
    assert (second.whole, second.completed, second.reason) == (
        False,
        False,
        "the journal ends before this trial does",
    )


def test_it_reaches_as_far_as_was_told() -> None:
    entries = [*two_trials()[:3], says("n1", "primary", 1, at=7.5), says("n2", "standby", 1, at=6.0)]
    assert sorted_of(*entries)[0].ended_s == 7.5


def test_operations_whose_trial_s_beginning_is_lost_are_kept() -> None:
    entries = [e for e in two_trials() if not (isinstance(e, TrialBegan) and e.trial == 2)]
    _, second = sorted_of(*entries)
    assert [w.value for w in second.writes] == ["b"]


def test_operations_told_before_their_trial_s_beginning_are_kept() -> None:
    late = acked("z", 12, 13, trial=2)
    _, second = sorted_of(late, *two_trials())[::-1]
    assert [w.value for w in second.writes] == ["z", "b"]


def test_every_client_must_have_told_its_last_operation() -> None:
    (first, _) = sorted_of(*two_trials())
    assert first.all_told
    cut_short = [e for e in two_trials() if getattr(e, "client", "") != "client2"]
    assert not sorted_of(*cut_short)[0].all_told


def test_reigns_are_of_the_whole_run_with_their_first_word() -> None:
    entries = run(
        trial(says("n1", "primary", 1, at=2), says("n1", "primary", 1, at=1), says("n2", "standby", 1, at=1)),
        trial(says("n2", "primary", 2, at=105), number=2, begun=100),
    ).entries
    reigns = history(plan(), entries).reigns
    assert [(r.node, r.epoch, r.begun_s) for r in reigns] == [("n1", 1, 1.0), ("n2", 2, 105.0)]


def test_an_empty_journal_has_no_trials() -> None:
    assert history(plan(), ()).trials == ()
