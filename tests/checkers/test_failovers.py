"""Failovers, and those that nothing explains."""

from __future__ import annotations

from msgspec import structs

from harness.checkers import failovers
from harness.checkers.failovers import START_S, Failovers
from harness.checkers.history import history
from harness.model.event import RoleChanged
from harness.model.plan import Plan
from tests.checkers.journals import (
    BOUND_S,
    KILL_PRIMARY,
    Entries,
    began,
    failed,
    killed,
    parted,
    phase,
    plan,
    run,
    says,
    switched,
    trial,
)

FIRST = says("n1", "primary", 1, at=0.0)


def takes(host: str, epoch: int, *, at: float) -> RoleChanged:
    return says(host, "primary", epoch, at=at)


def check_run(*trials: Entries, of: Plan | None = None) -> tuple[Failovers, list[Failovers]]:
    """Of the whole run, and of each trial."""
    the_plan = of or plan(trials=2)
    seen = history(the_plan, run(*trials).entries)
    found = failovers.check(the_plan, seen)
    return found, [found.of(each) for each in seen.trials]


def check(*entries: Entries) -> Failovers:
    return check_run(trial(FIRST, *entries))[0]


def counts(*entries: Entries) -> tuple[int, int]:
    """How many there were, and how many were false."""
    found = check(*entries)
    return len(found.happened), len(found.false)


def test_the_first_epoch_of_a_stack_is_no_failover() -> None:
    assert counts() == (0, 0)
    assert check().known


def test_one_after_a_fault_that_struck_the_primary_is_explained() -> None:
    assert counts(killed("n1", at=1, until=3), takes("n2", 2, at=1.5)) == (1, 0)


def test_one_without_a_fault_is_false() -> None:
    found = check(takes("n2", 2, at=1.5))
    assert [r.node for r in found.false] == ["n2"]


def test_one_before_the_fault_is_false() -> None:
    assert counts(takes("n2", 2, at=0.9), killed("n1", at=1, until=3)) == (1, 1)


def test_a_fault_explains_one_and_no_more() -> None:
    assert counts(killed("n1", at=1, until=3), takes("n2", 2, at=1.5), takes("n1", 3, at=2.5)) == (2, 1)


def test_a_fault_on_others_explains_none() -> None:
    assert counts(killed("n2", at=1, until=3), takes("n2", 2, at=1.5)) == (1, 1)
    assert counts(killed("w1", at=1, until=3), takes("n2", 2, at=1.5)) == (1, 1)


def test_a_decision_that_came_to_nothing_explains_no_failover_of_later() -> None:
    late_s = 3.002 + BOUND_S + START_S + 600
    kill, decided = killed("n1", at=1, until=3), phase("decided", 1, at=2)
    assert counts(kill, decided, phase("decided", 1, at=late_s - 1), takes("n2", 2, at=late_s)) == (1, 1)


def test_a_fault_explains_until_its_end_and_the_bound_and_a_start_later() -> None:
    last = 3.002 + BOUND_S + START_S
    assert counts(killed("n1", at=1, until=3), takes("n1", 2, at=last - 0.01)) == (1, 0)
    assert counts(killed("n1", at=1, until=3), takes("n1", 2, at=last + 0.01)) == (1, 1)


def test_a_new_epoch_of_a_restarted_primary_is_a_failover_as_well() -> None:
    assert counts(killed("n1", at=1, until=3), takes("n1", 2, at=3.5)) == (1, 0)


def test_an_epoch_that_is_not_newer_is_none() -> None:
    assert counts(killed("n1", at=1, until=3), takes("n2", 2, at=1.5), takes("n1", 1, at=4)) == (1, 0)


def test_a_cut_that_reaches_the_new_primary_explains_the_next() -> None:
    cut = parted("n1 n2", at=1, until=9)
    assert counts(cut, takes("n2", 2, at=1.5), takes("n1", 3, at=2.5)) == (2, 0)


def test_but_not_one_of_the_primary_that_it_struck() -> None:
    cut = parted("n1 n2", at=1, until=9)
    assert counts(cut, takes("n1", 2, at=1.5), takes("n1", 3, at=2.5)) == (2, 1)


def test_nor_one_that_came_before_it_or_long_after_it() -> None:
    cut = parted("n1 n2", at=3, until=4)
    assert counts(takes("n2", 2, at=1), cut) == (1, 1)
    assert counts(cut, takes("n2", 2, at=3.5), takes("n1", 3, at=30)) == (2, 1)


def test_two_nodes_that_take_one_epoch_are_one_failover() -> None:
    assert counts(killed("n1", at=1, until=3), takes("n2", 2, at=1.5), takes("n1", 2, at=1.6)) == (1, 0)


def test_a_switchover_explains_one_if_it_was_accepted() -> None:
    assert counts(switched(at=1), takes("n2", 2, at=1.5)) == (1, 0)
    assert counts(switched(at=1), takes("n2", 2, at=1.003 + BOUND_S + START_S)) == (1, 1)


def test_the_evidence_says_what_had_been_done() -> None:
    entries = trial(FIRST, killed("n2", at=1, until=3), takes("n2", 2, at=1.5))
    seen = history(plan(), run(entries).entries)
    (line,) = failovers.check(plan(), seen).evidence(seen.trials[0])
    assert line == (
        "trial 1: n2 took epoch 2 at 1.500 s; in this trial there was kill n2 (process) at 1.000 s"
    )


def test_each_belongs_to_the_newest_trial_that_had_begun() -> None:
    first = trial(FIRST, ended=10.0)
    second = trial(takes("n2", 2, at=10.5), takes("n1", 3, at=30.0), number=2, begun=11.0, ended=20.0)
    _, (one, two) = check_run(first, second)
    assert [r.begun_s for r in one.happened] == [10.5]  # between two trials: it may not vanish
    assert [r.begun_s for r in two.happened] == [30.0]


def test_one_at_the_very_begin_of_a_trial_is_its_own() -> None:
    first = trial(FIRST, ended=10.0)
    second = trial(takes("n2", 2, at=11.0), number=2, begun=11.0, ended=20.0)
    _, (one, two) = check_run(first, second)
    assert (len(one.happened), len(two.happened)) == (0, 1)


def test_doubt_ends_with_its_trial() -> None:
    first = trial(FIRST, began(1, at=1.0), failed("t1.s1"), ended=10.0)
    second = trial(takes("n2", 2, at=11.0), number=2, begun=11.0, ended=20.0)
    found, _ = check_run(first, second)
    assert (len(found.false), len(found.doubtful)) == (1, 0)


def test_of_several_steps_in_doubt_the_first_casts_it() -> None:
    both = (*KILL_PRIMARY[:2], KILL_PRIMARY[1])
    entries = trial(FIRST, began(1, at=1.0), takes("n2", 2, at=1.5), began(2, at=2.0))
    found, _ = check_run(entries, of=plan(steps=both))
    assert (len(found.false), len(found.doubtful)) == (0, 1)


def test_what_happens_before_the_first_trial_is_the_stack_s_own_affair() -> None:
    assert check_run([FIRST, takes("n2", 2, at=1.0)], trial(begun=2.0))[0].happened == ()


def test_a_fault_of_an_earlier_trial_may_explain_one_at_the_next_one_s_begin() -> None:
    first = trial(FIRST, killed("n1", at=5, until=9), ended=10.0)
    second = trial(takes("n1", 2, at=11.0), number=2, begun=10.5, ended=20.0)
    assert check_run(first, second)[0].false == ()


def test_an_injection_that_failed_may_have_caused_one_so_that_is_in_doubt() -> None:
    found = check(began(1, at=1.0), failed("t1.s1"), takes("n2", 2, at=1.5))
    assert ([r.node for r in found.doubtful], found.false) == (["n2"], ())


def test_so_may_one_that_was_never_answered() -> None:
    """As in a journal that was cut: the role's change was told before the fault's."""
    found = check(began(1, at=1.0), takes("n2", 2, at=1.5))
    assert len(found.doubtful) == 1


def test_an_order_that_took_long_to_be_answered_explains_what_comes_after_its_answer() -> None:
    """As one that waits for a lease, or a command that is slow."""
    slow = structs.replace(switched(at=1.0), after_s=30.0)
    assert counts(slow, takes("n2", 2, at=30.0 + BOUND_S)) == (1, 0)
    assert counts(slow, takes("n2", 2, at=30.1 + BOUND_S + START_S)) == (1, 1)


def test_so_may_a_control_that_was_refused() -> None:
    found = check(began(1, at=1.0), switched(at=1.0, ok=False), takes("n2", 2, at=1.5))
    assert len(found.doubtful) == 1


def test_what_came_before_it_is_false_all_the_same() -> None:
    found = check(takes("n2", 2, at=0.5), began(1, at=1.0), failed("t1.s1"))
    assert (len(found.doubtful), len(found.false)) == (0, 1)


def test_a_wait_that_began_casts_no_doubt() -> None:
    found = check(began(0, at=0.5), takes("n2", 2, at=1.0), began(2, at=5.0))
    assert (len(found.doubtful), len(found.false)) == (0, 1)


def test_where_nobody_said_that_it_is_primary_nothing_is_known() -> None:
    assert not check_run(trial())[0].known
