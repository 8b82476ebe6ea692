"""Did every planned fault bite, last, and end in time?"""

from __future__ import annotations

from msgspec import structs

from harness.checkers import faults
from harness.checkers.history import history
from harness.model.drill import ControlStep, ExecStep, Window
from harness.model.event import Applied, Executed, Healed
from harness.model.fault import Kill
from harness.model.plan import TimedStep
from tests.checkers.journals import (
    KILL_PRIMARY,
    Entries,
    began,
    failed,
    killed,
    look,
    plan,
    run,
    switched,
    trial,
    waited,
)

SWITCHOVER = (TimedStep(step=ControlStep(action="switchover", to="standby", at=Window(1, 1)), at_s=1.0),)
BEGUN = began(1, at=1.0)


def problems(*entries: Entries, steps: tuple[TimedStep, ...] = KILL_PRIMARY) -> tuple[str, ...]:
    return faults.check(look(*entries), steps)


def test_a_fault_that_bit_and_ended_is_well() -> None:
    assert problems(BEGUN, killed("n1", at=1.0, until=2.0)) == ()


def test_one_that_failed_is_named_with_its_reason() -> None:
    assert problems(BEGUN, failed("t1.s1", "no such process")) == ("trial 1, step 2: no such process",)


def test_one_that_never_came_into_force_is_named() -> None:
    assert problems(BEGUN) == ("trial 1, step 2: the fault never came into force",)
    assert problems() == ("trial 1, step 2: the fault never came into force",)


def test_one_that_left_no_evidence_was_not_seen_to_bite() -> None:
    unseen = Applied(fault_id="t1.s1", fault=Kill("n1", "process"), before_s=1, after_s=1, evidence=())
    assert problems(BEGUN, unseen) == ("trial 1, step 2: nothing shows that kill n1 (process) took effect",)


def test_one_that_was_never_seen_to_end_is_named() -> None:
    assert problems(killed("n1", at=1.0)) == ("trial 1, step 2: kill n1 (process) was never seen to end",)


def test_in_a_journal_that_was_cut_its_end_may_be_what_is_missing() -> None:
    entries = run(trial(killed("n1", at=1.0))).entries[:-2]
    assert faults.check(history(plan(), entries).trials[0], KILL_PRIMARY) == ()


def test_one_whose_healing_failed_is_named() -> None:
    assert problems(killed("n1", at=1.0), failed("t1.s1", "it did not start")) == (
        "trial 1, step 2: it did not start",
    )


def test_one_that_lasted_much_longer_than_planned_was_another_fault() -> None:
    assert problems(killed("n1", at=1.0, until=2.9)) == ()
    assert problems(killed("n1", at=1.0, until=3.1)) == (
        "trial 1, step 2: kill n1 (process) lasted 2.098 s instead of 1.000 s",
    )


def test_a_step_that_an_expired_wait_left_out_is_no_failure_of_the_injection() -> None:
    assert problems(waited(0, at=20.0, met=False)) == ()
    assert problems(waited(0, at=20.0, met=False), BEGUN) != ()


def test_a_control_must_be_answered_be_it_by_a_refusal() -> None:
    assert problems(switched(at=1.0, name="t1.s0"), steps=SWITCHOVER) == ()
    assert problems(switched(at=1.0, ok=False, name="t1.s0"), steps=SWITCHOVER) == ()
    assert problems(steps=SWITCHOVER) == ("trial 1, step 1: the control was not answered",)
    assert problems(failed("t1.s0", "no primary"), steps=SWITCHOVER) == ("trial 1, step 1: no primary",)


def test_one_that_was_much_shorter_than_planned_was_another_fault() -> None:
    assert problems(killed("n1", at=1.0, until=1.6)) == ()
    assert problems(killed("n1", at=1.0, until=1.4)) == (
        "trial 1, step 2: kill n1 (process) lasted 398 ms instead of 1.000 s",
    )


def test_one_that_an_expired_wait_ended_is_no_failure_of_the_injection() -> None:
    assert problems(killed("n1", at=1.0, until=1.1), waited(2, at=1.1, met=False)) == ()


def test_one_that_somebody_else_ended_before_its_time_is_named() -> None:
    applied, healed = killed("n1", at=1.0, until=2.0)
    assert isinstance(healed, Healed)
    early = structs.replace(healed, lapsed="n1 runs, and nobody here has started it")
    assert problems(applied, early) == (
        "trial 1, step 2: kill n1 (process) had ended before its time: "
        "n1 runs, and nobody here has started it",
    )


def test_one_that_took_too_long_to_end_has_no_known_end() -> None:
    applied, healed = killed("n1", at=1.0, until=2.0)
    assert isinstance(healed, Healed)
    slow = structs.replace(healed, after_s=12.5)
    assert problems(applied, slow) == ("trial 1, step 2: kill n1 (process) took 10.500 s to end",)


COMMAND = (TimedStep(step=ExecStep(host="n1", argv=("ls",), within_s=5.0, at=Window(1, 1)), at_s=1.0),)


def executed(exit_code: int, output: str = "") -> Executed:
    return Executed(
        command_id="t1.s0", host="n1", exit_code=exit_code, output=output, before_s=1.0, after_s=1.1
    )


def test_a_command_must_have_run_and_well() -> None:
    assert problems(executed(0), steps=COMMAND) == ()
    assert problems(steps=COMMAND) == ("trial 1, step 1: the command was not answered",)
    assert problems(executed(2, "no such file"), steps=COMMAND) == (
        "trial 1, step 1: on n1 exit code 2: no such file",
    )
    assert problems(failed("t1.s0", "no such host"), steps=COMMAND) == ("trial 1, step 1: no such host",)
