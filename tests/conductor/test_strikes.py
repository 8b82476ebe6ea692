"""A crash lies in wait: whom it struck, and when it is over, shows only when its point was reached."""

from __future__ import annotations

from msgspec import structs

from harness.model.event import Applied
from harness.model.fault import Crash
from harness.model.plan import TimedStep
from tests.checkers.journals import plan
from tests.conductor.actions import crash, kill, wait
from tests.conductor.playbook import Playbook, given, steady


def begun(*steps: TimedStep) -> Playbook:
    return given(plan(steps=steps)).when(*steady()).skip()


def dies(play: Playbook, host: str, fault_id: str = "t1.s0") -> Playbook:
    fault = play.injected[fault_id]
    assert isinstance(fault, Crash)
    died, at = structs.replace(fault, host=host), play.now_s
    return play.when(Applied(fault_id=fault_id, fault=died, before_s=at, after_s=at, evidence=("seen",)))


def in_wait(*after: TimedStep, victim: str = "n1") -> Playbook:
    return begun(crash(victim), *after).wake("step0").skip()


def test_all_that_its_role_names_lie_in_wait() -> None:
    begun(crash("witnesses")).wake("step0").expect(
        "step 0: crash witnesses before it sends Reply (w1, w2, w3)",
        "inject t1.s0: crash before w1 or w2 or w3 sends Reply",
    )


def test_it_is_healed_so_long_after_the_death_and_not_before() -> None:
    play = in_wait()
    assert play.due("heal") == []
    play.now_s += 2.5
    dies(play, "n1")
    assert play.due("heal") == [2.0]
    play.wake("heal").expect("heal t1.s0")


def test_who_died_is_the_victim_and_who_was_primary_then_the_old_primary() -> None:
    play = in_wait(wait("rejoined", host="victim"), kill("old primary", at=1.0), victim="n1")
    dies(play, "n1").expect("step 1: wait until victim rejoined, within 5s (n1)")
    play.fails_over().rejoins().wake("heal").healed("t1.s0").skip()
    play.wake("step2").expect("step 2: kill old primary (process) (n1)", "inject t1.s2: kill n1 (process)")


def test_a_wait_is_not_met_before_its_point_was_reached() -> None:
    play = in_wait(wait("rejoined", host="n2"))
    assert play.waiting_for == "a crash point to be reached"
    dies(play, "n1").expect("step 1: wait until n2 rejoined, within 5s (n2)")


def test_a_trial_is_not_over_before_its_point_was_reached() -> None:
    play = in_wait()
    play.says("n1", "primary", 1)
    assert play.waiting_for == "a crash point to be reached"
    dies(play, "n1")
    assert play.waiting_for == "every fault to be over"


def test_a_point_that_is_not_reached_ends_the_trial_as_a_wait_in_vain() -> None:
    play = in_wait(wait("rejoined"))
    play.wake("point").expect("wait 0 expires: crash before n1 sends Reply: not within 4 s", "heal t1.s0")


def test_one_that_was_reached_is_not_missed_later() -> None:
    play = in_wait(wait("rejoined"))
    dies(play, "n1").skip().wake("point").expect()


def test_the_end_of_a_trial_takes_the_trap_away_at_once() -> None:
    play = begun(crash("w1"), kill("n2", at=2.0), wait("failover")).wake("step0").wake("step1")
    play.skip().failed("t1.s1")
    assert {"heal t1.s0", "heal t1.s1"} <= {*play.lines}


def test_a_death_that_is_told_after_that_is_healed_all_the_same_and_strikes_nobody_twice() -> None:
    play = in_wait().wake("point").skip()
    dies(play, "n1").expect()
    play.healed("t1.s0")
    assert play.waiting_for.startswith("steady again")


def test_a_trap_that_could_not_be_set_ends_the_trial() -> None:
    play = in_wait().failed("t1.s0", "nothing runs there")
    play.expect("heal t1.s0")
    assert play.waiting_for == "every fault to be over"
