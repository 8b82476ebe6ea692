"""A step that misses: it ends the trial, or where the drill says so the steps after it go on without it."""

from __future__ import annotations

from msgspec import structs

from harness.model.plan import TimedStep
from tests.checkers.journals import plan
from tests.conductor.actions import crash, hold, kill, kill_on, on, switchover
from tests.conductor.playbook import Playbook, given, steady

DECIDED = on("tells", "decided")


def begun(*steps: TimedStep) -> Playbook:
    return given(structs.replace(plan(steps=steps), missed="go on")).when(*steady()).skip()


def test_a_moment_that_never_comes_leaves_its_step_out() -> None:
    play = begun(kill_on(DECIDED), kill("w1", at=5.0)).wake("moment")
    play.expect("wait 0 expires: anybody tells decided: not within 4 s")
    play.wake("step1").expect("step 1: kill w1 (process) (w1)", "inject t1.s1: kill w1 (process)")
    assert play.waiting_for == "every fault to be over"


def test_a_hold_after_it_is_not_kept_waiting() -> None:
    play = begun(kill_on(DECIDED), hold(5.0)).wake("moment").skip()
    assert play.due("hold") == [5.0]


def test_a_point_that_is_not_reached_is_taken_away_and_the_others_go_on() -> None:
    play = begun(crash("n1"), hold(9.0), kill("w1", at=9.5)).wake("step0").skip().wake("point")
    never = "wait 0 expires: crash before n1 sends Reply: not within 4 s"
    play.expect(never, "step 1: let the load run for 9s", "heal t1.s0")
    play.healed("t1.s0").skip().wake("hold").wake("step2")
    assert "t1.s2" in play.injected


def test_what_finds_nothing_to_hit_is_healed_and_the_others_go_on() -> None:
    play = begun(kill("n1", at=1.0), kill("w1", at=2.0)).wake("step0").skip()
    play.failed("t1.s0", "nothing runs there").expect("heal t1.s0")
    play.wake("step1").expect("step 1: kill w1 (process) (w1)", "inject t1.s1: kill w1 (process)")


def test_a_trap_that_could_not_be_set_is_not_missed_once_more() -> None:
    play = begun(crash("n1"), hold(9.0)).wake("step0").skip().failed("t1.s0", "nothing runs there")
    play.expect("step 1: let the load run for 9s", "heal t1.s0")
    play.wake("point").expect()


def test_a_role_that_is_nobodys_leaves_its_step_out() -> None:
    play = begun(kill("coordinator", at=1.0), kill("w1", at=2.0)).wake("step0").skip().wake("step1")
    play.expect("step 1: kill w1 (process) (w1)", "inject t1.s1: kill w1 (process)")
    play = begun(kill_on(on("tells", "decided", host="coordinator")), kill("w1", at=2.0)).skip().wake("step1")
    play.expect("step 1: kill w1 (process) (w1)", "inject t1.s1: kill w1 (process)")


def test_a_control_that_failed_leaves_the_others() -> None:
    play = begun(switchover(), kill("w1", at=2.0)).wake("step0").skip().failed("t1.s0", "no answer")
    play.wake("step1").expect("step 1: kill w1 (process) (w1)", "inject t1.s1: kill w1 (process)")
