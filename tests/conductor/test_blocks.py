"""The steps of one trial: faults at their own times, waits that are met or expire, holds, controls."""

from __future__ import annotations

import pytest
from msgspec import structs

from harness.conductor.steps import text_of
from harness.model.drill import (
    ExecStep,
    PartitionStep,
    Window,
)
from harness.model.event import Executed
from harness.model.plan import TimedStep
from tests.checkers.journals import plan
from tests.conductor.actions import hold, kill, switchover, timed, wait
from tests.conductor.playbook import REJOINED, STEADY, Playbook, given, steady

FAILOVER = text_of(wait("failover").step)


def begun(*steps: TimedStep) -> Playbook:
    """A trial of these steps, its load running."""
    return given(plan(steps=steps)).when(*steady()).skip()


# --- times ----------------------------------------------------------------------------------------------


def test_faults_of_a_block_come_at_their_own_times_none_waiting_for_another() -> None:
    play = begun(kill("n1", at=1.0), kill("w1", at=2.0))
    assert (play.due("step0"), play.due("step1")) == ([1.0], [2.0])
    play.wake("step0").wake("step1").expect(
        "step 0: kill n1 (process) (n1)",
        "inject t1.s0: kill n1 (process)",
        "step 1: kill w1 (process) (w1)",
        "inject t1.s1: kill w1 (process)",
    )


def test_times_count_from_the_moment_the_last_wait_was_met() -> None:
    play = begun(wait("steady"), kill("primary", at=1.0))
    play.now_s = 7.0
    play.served()
    assert play.due("step1") == [pytest.approx(1.0, abs=0.01)]


def test_a_fault_lasts_from_its_beginning_to_its_until() -> None:
    play = begun(kill("n1", at=1.0, until=3.5)).wake("step0")
    assert play.due("heal") == [2.5]


def test_a_hold_leaves_the_origin_where_it_is() -> None:
    play = begun(kill("n2", at=1.0), hold(5.0), kill("w1", at=7.0, until=8.0)).wake("step0").applied("t1.s0")
    assert play.due("hold") == [pytest.approx(5.0, abs=0.01)]
    play.wake("hold")
    assert play.due("step2") == [pytest.approx(1.0, abs=0.01)]


def test_a_fault_that_a_hold_made_late_keeps_its_length() -> None:
    play = begun(hold(5.0), kill("w1", at=2.0, until=3.0)).wake("hold")
    assert play.due("step1") == [0.0]
    play.wake("step1")
    assert play.due("heal") == [1.0]


def test_a_hold_begins_once_all_before_it_have_begun() -> None:
    play = begun(kill("n2", at=1.0), hold(5.0))
    assert play.due("hold") == []
    play.wake("step0")
    assert play.due("hold") == [5.0]


# --- waits ----------------------------------------------------------------------------------------------


def test_a_wait_is_looked_at_once_what_came_before_is_answered() -> None:
    play = begun(kill("n1", at=1.0), wait("failover")).wake("step0").fails_over()
    assert play.waiting_for == f"{FAILOVER}: a step is not answered yet"
    play.skip().applied("t1.s0").expect("wait 1 is met")


def test_a_failover_is_another_node_that_serves_under_a_newer_epoch() -> None:
    play = begun(kill("n1", at=1.0), wait("failover")).wake("step0").applied("t1.s0").skip()
    play.says("n1", "primary", 2).expect()
    assert play.waiting_for.endswith("n1 is primary still")
    play.says("n2", "primary", 3).expect("wait 1 is met")


def test_rejoined_is_every_data_node_unless_one_is_named() -> None:
    all_of = begun(kill("n1", at=1.0), wait("rejoined")).wake("step0").applied("t1.s0").fails_over()
    assert all_of.waiting_for.endswith("n1 not in step")
    one = begun(kill("n1", at=1.0), wait("rejoined", host="n2")).wake("step0").applied("t1.s0").skip()
    one.fails_over().expect("wait 1 is met")


def test_nothing_has_rejoined_while_the_fault_that_disturbs_it_is_in_force() -> None:
    play = begun(kill("n1", at=1.0), wait("rejoined", host="victim")).wake("step0").applied("t1.s0")
    play.fails_over().rejoins().skip()
    assert play.waiting_for.endswith("n1 not in step")
    play.wake("heal").healed("t1.s0").expect("heal t1.s0", "wait 1 is met")


def test_steady_is_whole_up_undisturbed_and_served() -> None:
    play = begun(wait("steady"))
    assert play.waiting_for.endswith("client1, client2 without 3 good writes in a row")
    play.register("n1", 1, eligible="n1").served()
    assert play.waiting_for.endswith("n2 not in step")
    play.skip().register("n1", 1).expect("wait 0 is met")


def test_writes_that_were_called_before_the_wait_began_do_not_make_it_steady() -> None:
    play = begun(hold(1.0), wait("steady")).served().wake("hold").skip()
    assert "without 3 good writes" in play.waiting_for


def test_one_that_expires_before_any_fault_gives_the_run_up() -> None:
    play = begun(wait("steady"), kill("primary", at=1.0)).wake("within")
    why = "client1, client2 without 3 good writes in a row"
    play.expect(f"wait 0 expires: wait until steady, within 5s: {why}", "stop client1", "stop client2")
    play.stopped()
    assert play.lines[-1].startswith("the run ends: gave up, ")
    assert play.lines[-1].endswith("; nothing was injected yet")
    assert play.injected == {}


def test_one_that_expires_after_it_heals_leaves_out_the_rest_and_goes_on() -> None:
    play = begun(kill("n1", at=1.0), wait("failover"), kill("n2", at=1.0)).wake("step0").applied("t1.s0")
    play.skip().wake("within").expect(
        f"wait 1 expires: {FAILOVER}: no epoch newer than 1 is served", "heal t1.s0"
    )
    play.healed("t1.s0").says("n1", "primary", 2).register("n1", 2).served()
    play.wake("tail").expect("stop client1", "stop client2")
    play.stopped().read(host="n1").expect("read t1.read1 at n1", "trial 1 is done", "the run ends: done")


def test_a_wait_that_was_met_does_not_expire() -> None:
    play = begun(wait("steady"), kill("primary", at=1.0)).served().skip()
    play.wake("within").expect()


def test_a_wait_for_a_host_that_nobody_can_name_abandons_the_trial() -> None:
    play = begun(kill("w1", at=1.0), wait("rejoined", host="victim")).wake("step0")
    assert any("victim rejoined, within 5s: there is no victim" in told for told in play.lines)
    assert play.lines[-1] == "heal t1.s0"
    play.skip().applied("t1.s0").expect()


# --- what fails -----------------------------------------------------------------------------------------


def test_an_injection_that_fails_is_healed_all_the_same_and_the_rest_is_left_out() -> None:
    play = begun(kill("n1", at=1.0), kill("w1", at=2.0), wait("failover")).wake("step0").skip()
    play.failed("t1.s0", "no such process").expect("heal t1.s0")
    play.wake("step1").expect()
    play.healed("t1.s0").served().wake("tail").expect("stop client1", "stop client2")


def test_when_not_even_the_healing_works_the_run_goes_on_for_nothing_was_in_force() -> None:
    play = begun(kill("n1", at=1.0)).wake("step0").failed("t1.s0").skip()
    play.failed("t1.s0", "nothing to heal").served().wake("tail").expect("stop client1", "stop client2")


def test_a_fault_that_began_before_the_one_that_failed_is_healed_at_once() -> None:
    play = begun(kill("w1", at=1.0), kill("n1", at=2.0)).wake("step0").applied("t1.s0").wake("step1").skip()
    play.failed("t1.s1").expect("heal t1.s1", "heal t1.s0")


def test_one_that_is_unanswered_then_is_healed_at_once_too_but_for_an_ending() -> None:
    play = begun(kill("w1", at=1.0), kill("n1", at=2.0)).wake("step0").wake("step1").skip()
    play.failed("t1.s1").expect("heal t1.s1", "heal t1.s0")
    play.applied("t1.s0").expect()
    play = begun(kill("w1", at=1.0, verb="stop"), kill("n1", at=2.0)).wake("step0").wake("step1").skip()
    play.failed("t1.s1").expect("heal t1.s1")
    play.applied("t1.s0").expect("heal t1.s0")


def test_seeing_a_fault_bite_does_not_make_it_last() -> None:
    play = begun(kill("n1", at=1.0), wait("failover")).wake("step0").skip()
    play.wake("heal").expect("heal t1.s0")
    play.applied("t1.s0").expect()
    assert play.waiting_for == f"{FAILOVER}: no epoch newer than 1 is served"
    play.healed("t1.s0").expect()


def test_one_that_was_not_seen_to_bite_before_its_end_came_is_healed_once_and_the_rest_is_left_out() -> None:
    play = begun(kill("n1", at=1.0), kill("w1", at=9.0), wait("failover")).wake("step0").skip()
    play.wake("heal").expect("heal t1.s0")
    play.failed("t1.s0", "it ended before it was seen to bite").expect()
    play.healed("t1.s0").served().wake("tail").expect("stop client1", "stop client2")


def test_a_world_that_does_not_answer_an_injection_is_not_waited_for() -> None:
    play = begun(kill("n1", at=1.0), wait("failover")).wake("step0").skip()
    play.wake("answer").expect("heal t1.s0")
    play.healed("t1.s0").served().wake("tail").expect("stop client1", "stop client2")


def test_an_injection_that_was_answered_in_time_is_left_alone() -> None:
    begun(kill("n1", at=1.0), wait("failover")).wake("step0").applied("t1.s0").skip().wake("answer").expect()


def test_a_victim_that_nobody_plays_abandons_the_trial() -> None:
    play = begun(kill("old primary", at=1.0), kill("w1", at=2.0)).wake("step0")
    play.expect("step 0: kill old primary (process): there is no old primary before a fault has begun")
    play.wake("step1").expect()


# --- roles ----------------------------------------------------------------------------------------------


def test_roles_are_resolved_when_the_step_begins() -> None:
    play = begun(kill("primary", at=1.0), kill("primary", at=3.0)).wake("step0").applied("t1.s0").fails_over()
    play.skip().wake("step1").expect("step 1: kill primary (process) (n2)", "inject t1.s1: kill n2 (process)")


def test_what_comes_on_again_hits_whom_it_hit_first_whoever_is_primary_now() -> None:
    again = structs.replace(kill("primary", at=3.0), repeats=1)
    play = begun(kill("primary", at=1.0), again).wake("step0").applied("t1.s0").fails_over()
    play.skip().wake("step1").expect("step 1: kill primary (process) (n1)", "inject t1.s1: kill n1 (process)")


def test_the_old_primary_is_who_it_was_when_the_last_fault_began() -> None:
    play = begun(kill("w1", at=1.0), kill("old primary", at=3.0)).wake("step0").applied("t1.s0").fails_over()
    play.skip().wake("step1").expect(
        "step 1: kill old primary (process) (n1)", "inject t1.s1: kill n1 (process)"
    )


def test_the_victim_of_a_partition_is_the_primary_that_it_cuts_off() -> None:
    apart = PartitionStep(
        sides=(("primary", "client/1"), ("rest",)),
        how="drop",
        direction="both",
        at=Window(1, 1),
        until_s=3.0,
    )
    play = begun(timed(apart, 1.0), wait("rejoined", host="victim")).wake("step0")
    assert any(told.startswith("inject t1.s0: cut {client1, n1} | ") for told in play.lines)
    assert "step 1: wait until victim rejoined, within 5s (n1)" in play.lines


# --- controls -------------------------------------------------------------------------------------------


def test_a_control_is_asked_of_the_host_it_names() -> None:
    play = begun(switchover(), wait("failover")).wake("step0")
    assert "control t1.s0: switchover to n2" in play.lines
    play.controlled("t1.s0").skip()
    play.says("n2", "primary", 2).expect("wait 1 is met")


def test_one_that_is_refused_is_answered_and_the_wait_says_the_rest() -> None:
    play = begun(switchover(), wait("failover")).wake("step0").controlled("t1.s0", ok=False).skip()
    assert play.waiting_for.endswith("no epoch newer than 1 is served")


def test_one_that_fails_abandons_the_trial() -> None:
    play = begun(kill("w1", at=0.5), switchover(), wait("failover")).wake("step0").applied("t1.s0")
    play.wake("step1").skip().failed("t1.s1", "no primary is known").expect("heal t1.s0")


def test_so_does_one_that_is_not_answered_in_time() -> None:
    play = begun(switchover(), wait("failover")).wake("step0").skip().wake("answer").served()
    play.wake("tail").expect("stop client1", "stop client2")


def test_a_command_is_run_on_the_host_it_names_and_waited_for() -> None:
    step = ExecStep(host="standby", argv=("redis-cli", "ping"), within_s=5.0, at=Window(1, 1))
    play = begun(timed(step, 1.0), wait("rejoined")).wake("step0")
    assert "execute t1.s0 on n2: redis-cli ping" in play.lines
    assert play.waiting_for.endswith("a step is not answered yet")
    ran = Executed(command_id="t1.s0", host="n2", exit_code=1, output="", before_s=2.0, after_s=2.1)
    play.skip().when(ran).expect("wait 1 is met")


def test_settling_waits_for_a_control_that_is_still_open() -> None:
    play = begun(switchover()).wake("step0").served().skip()
    assert play.waiting_for == "every fault to be over"
    play.controlled("t1.s0").served().wake("tail").expect("stop client1", "stop client2")


def test_the_steps_of_kill_primary_read_as_they_do_elsewhere() -> None:
    assert (STEADY, REJOINED) == ("wait until steady, within 20s", "wait until victim rejoined, within 20s")
