"""A run from its start to its end, stage by stage, each with its bound."""

from __future__ import annotations

import pytest
from msgspec import structs

from harness.model.drill import ControlStep, HoldStep, Load, Window
from harness.model.event import HealthReported, Returned
from harness.model.plan import Plan, TimedStep, TrialPlan
from tests.checkers.journals import KILL_PRIMARY, client, op, plan
from tests.conductor.actions import kill
from tests.conductor.playbook import KILL, REJOINED, STEADY, Playbook, given, steady

HOLD = (TimedStep(step=HoldStep(duration_s=1.0)),)


def under_load(of: Plan | None = None) -> Playbook:
    return given(of or plan()).when(*steady()).skip()


def with_the_fault_in_force() -> Playbook:
    return under_load().served().wake("step1").applied().skip()


def settling() -> Playbook:
    """The drill's steps are over, the fault is healed, n1 is back."""
    play = with_the_fault_in_force().fails_over().wake("heal").healed()
    return play.rejoins().skip()


def in_the_tail() -> Playbook:
    return settling().served().skip()


def reading() -> Playbook:
    return in_the_tail().wake("tail").stopped().skip()


# --- a good run -----------------------------------------------------------------------------------------


def test_a_run_waits_for_its_primary() -> None:
    play = given(plan()).expect()
    assert play.waiting_for == "a primary"


def test_then_the_load_starts_and_the_first_wait() -> None:
    given(plan()).when(*steady()).expect(
        "trial 1 begins at n1",
        f"step 0: {STEADY}",
        "load client1 at router",
        "load client2 at router",
    )


def test_a_client_that_was_told_of_the_wrong_node_writes_to_a_standby() -> None:
    bound = plan(clients=(client("client1", via="standby"), client("client2", via="primary")))
    told = given(bound).when(*steady()).lines
    assert "load client1 at n2" in told
    assert "load client2 at n1" in told


def test_a_fault_comes_at_its_time_after_the_wait_was_met() -> None:
    play = under_load().served().expect("wait 0 is met")
    assert play.due("step1") == [pytest.approx(1.0, abs=0.01)]
    play.wake("step1").expect(
        f"step 1: {KILL} (n1)",
        f"step 2: {REJOINED} (n1)",
        "inject t1.s1: kill n1 (process)",
    )


def test_it_is_healed_at_its_end_though_the_next_wait_goes_on() -> None:
    play = with_the_fault_in_force().fails_over()
    assert play.waiting_for == f"{REJOINED}: n1 not in step"
    play.wake("heal").expect("heal t1.s1")


def test_the_whole_play() -> None:
    play = with_the_fault_in_force().fails_over().wake("heal").healed().skip()
    play.rejoins().expect("wait 2 is met")
    assert play.waiting_for == "steady again: client1, client2 without 3 good writes in a row"
    play.served().expect()
    play.wake("tail").expect("stop client1", "stop client2")
    play.stopped("client1").expect()
    play.stopped("client2").expect("read t1.read1 at n2")
    play.read().expect("trial 1 is done", "the run ends: done")
    assert play.finished


def test_the_next_trial_begins_where_the_last_one_ended() -> None:
    play = given(plan(trials=2)).when(*steady()).served().wake("step1").applied().fails_over()
    play.wake("heal").healed().rejoins().served().wake("tail").stopped().skip()
    play.read().expect(
        "trial 1 is done",
        "trial 2 begins at n2",
        f"step 0: {STEADY}",
        "load client1 at router",
        "load client2 at router",
    )
    play.served().wake("step1").expect(
        "wait 0 is met",
        f"step 1: {KILL} (n2)",
        f"step 2: {REJOINED} (n2)",
        "inject t2.s1: kill n2 (process)",
    )


def test_each_trial_has_its_own_steps() -> None:
    trials = tuple(
        TrialPlan(number=n, steps=(kill(host, at=1.0),)) for n, host in enumerate(("w1", "w2", "w3"), 1)
    )
    play = given(structs.replace(plan(), trials=trials)).when(*steady())
    for number, host in enumerate(("w1", "w2", "w3"), 1):
        play.skip().wake("step0")
        assert play.lines == [
            f"step 0: kill {host} (process) ({host})",
            f"inject t{number}.s0: kill {host} (process)",
        ]
        play.applied(f"t{number}.s0").wake("heal").healed(f"t{number}.s0")
        play.when(HealthReported(at_s=play.now_s, host=host, ready=True, epoch=1))
        play.served().wake("tail").stopped().read(f"t{number}.read1", host="n1")
    assert play.finished


def test_a_plan_without_trials_is_done_at_once() -> None:
    given(plan(trials=0)).expect("the run ends: done")


def test_a_drill_without_steps_settles_and_reads() -> None:
    play = given(plan(steps=())).when(*steady()).skip()
    play.served().wake("tail").stopped().expect("stop client1", "stop client2", "read t1.read1 at n1")


def test_a_client_that_is_bound_to_the_primary_is_given_its_address() -> None:
    bound = plan(clients=(client("client1", via="primary"), client("client2")))
    play = given(bound).when(*steady())
    assert "load client1 at n1" in play.lines


def test_a_finished_run_says_nothing_more() -> None:
    play = reading().read().skip()
    play.when(*steady(at=99.0)).abort("interrupted").expect()


# --- the tail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate_per_s", "tail_s"), [(50.0, 0.3), (2.0, 2.0), (0.001, 60.0), (0.0, 0.3)])
def test_the_load_goes_on_until_every_writer_can_have_shown_a_run_of_good_writes(
    rate_per_s: float, tail_s: float
) -> None:
    play = given(plan(steps=(), load=Load(rate_per_s=rate_per_s))).when(*steady()).served()
    assert play.due("tail") == [pytest.approx(tail_s, abs=0.01)]


# --- settling -------------------------------------------------------------------------------------------


def test_a_client_without_good_writes_is_not_settled() -> None:
    play = settling().served("client1")
    assert play.waiting_for == "steady again: client2 without 3 good writes in a row"


def test_a_bad_write_begins_the_row_anew() -> None:
    play = settling().served("client1", "client2", good=2)
    play.when(_lost(play)).served("client1", "client2", good=2)
    assert play.waiting_for == "steady again: client1 without 3 good writes in a row"
    play.served("client1", good=1)
    assert play.waiting_for == ""


def _lost(play: Playbook) -> Returned:
    return op("write", "t1.client1.0.x", "unknown", play.now_s, None, client="client1")


def test_writes_that_were_called_before_prove_nothing_about_now() -> None:
    play = settling()
    old = [
        op("write", f"t1.{c}.0.{n}", "ok", 0.0, 1.0, client=c) for c in ("client1", "client2") for n in "abc"
    ]
    play.when(*old)
    assert play.waiting_for.startswith("steady again")


def test_a_client_that_is_bound_to_the_old_primary_need_not_be_served() -> None:
    bound = plan(clients=(client("client1", via="primary"), client("client2")))
    play = given(bound).when(*steady()).served().wake("step1").applied().fails_over()
    play.wake("heal").healed().rejoins().served("client2")
    assert play.waiting_for == ""


def test_a_cluster_that_does_not_settle_ends_the_run() -> None:
    why = "not steady again within 30 s: client1, client2 without 3 good writes in a row"
    play = settling().wake("settling").expect("stop client1", "stop client2").stopped()
    play.expect(f"trial 1 is given up: {why}", f"the run ends: gave up, {why}")


# --- bounds of the other stages ---------------------------------------------------------------------------


def test_each_stage_has_its_bound() -> None:
    assert given(plan()).due("starting") == [50.0]  # to settle, and as long as the first wait may take
    two_faults = plan(steps=(kill("w1", at=1.0, until=4.0), kill("w2", at=2.0, until=3.0)))
    both = given(two_faults).when(*steady()).wake("step0").wake("step1")
    assert both.due("healing") == [34.0]  # the longest fault, and the healing itself
    assert settling().due("settling") == [30.0]
    assert in_the_tail().wake("tail").due("stopping") == [11.0]  # beyond the load's own time-out
    assert reading().due("reading") == [30.0]
    assert with_the_fault_in_force().abort("interrupted").due("ending") == [15.0]


def test_a_stage_that_was_left_in_time_is_not_overdue() -> None:
    play = given(plan()).when(*steady()).skip()
    play.wake("starting").expect()


def test_a_run_without_a_primary_gives_up() -> None:
    given(plan()).wake("starting").expect("the run ends: gave up, there was no primary")


def test_it_says_what_the_data_nodes_answered_instead() -> None:
    silent = HealthReported(at_s=1.0, host="n1", ready=False, epoch=0, detail="Connection refused")
    well = HealthReported(at_s=1.0, host="n2", ready=True, epoch=0)
    given(plan()).when(silent, well).skip().wake("starting").expect(
        "the run ends: gave up, there was no primary: n1: Connection refused"
    )


def test_a_fault_that_nobody_sees_healed_ends_the_run_as_broken() -> None:
    play = (
        with_the_fault_in_force()
        .fails_over()
        .wake("within")
        .expect(f"wait 2 expires: {REJOINED}: n1 not in step", "heal t1.s1")
    )
    play.wake("healing").expect("stop client1", "stop client2")
    play.stopped().expect()
    play.wake("ending").expect(
        "trial 1 is given up: t1.s1 not healed within 15 s (gave up: a fault did not end)",
        "the run ends: world broke, t1.s1 not healed within 15 s (gave up: a fault did not end)",
    )


def test_a_client_that_does_not_stop_ends_the_run() -> None:
    play = in_the_tail().wake("tail").stopped("client1").skip()
    play.wake("stopping").expect()
    play.wake("ending").expect(
        "trial 1 is given up: a client's load did not end",
        "the run ends: gave up, a client's load did not end",
    )


def test_writes_that_nobody_reads_back_end_the_run() -> None:
    reading().wake("reading").expect(
        "trial 1 is given up: the writes could not be read back",
        "the run ends: gave up, the writes could not be read back",
    )


# --- reading back -----------------------------------------------------------------------------------------


def test_a_read_that_failed_is_made_again_for_it_is_ours_and_no_client_s() -> None:
    play = reading().failed("t1.read1", "no route").expect()
    play.wake("read").expect("read t1.read2 at n2")
    play.read("t1.read2").expect("trial 1 is done", "the run ends: done")


def test_three_times_and_no_more() -> None:
    play = reading().failed("t1.read1").wake("read").failed("t1.read2").wake("read").skip()
    play.failed("t1.read3", "no route").expect(
        "trial 1 is given up: the writes could not be read back: no route",
        "the run ends: gave up, the writes could not be read back: no route",
    )


def test_it_waits_until_there_is_one_primary() -> None:
    play = reading().failed("t1.read1").says("n1", "primary", 3).wake("read").expect()
    play.says("n2", "standby", 3).expect("read t1.read2 at n1")


def test_a_failed_read_that_nobody_waits_for_any_more_is_nothing() -> None:
    play = given(plan(trials=2)).when(*steady()).served().wake("step1").applied().fails_over()
    play.wake("heal").healed().rejoins().served().wake("tail").stopped().read().skip()
    play.failed("t1.read1").failed("t2.read1").expect()


def test_an_answer_to_an_older_read_is_not_the_answer() -> None:
    play = reading().failed("t1.read1").wake("read").skip()
    play.read("t1.read1").expect()


# --- what fails -------------------------------------------------------------------------------------------


def test_a_client_whose_load_fails_ends_the_run_as_broken() -> None:
    play = under_load().failed("client1", "no such host").expect("stop client2")
    play.stopped("client2").expect(
        "trial 1 is given up: the load of client1: no such host",
        "the run ends: world broke, the load of client1: no such host",
    )


def test_events_that_an_observer_lost_do_not_end_it() -> None:
    under_load().failed("follow client1", "7 events were lost").expect()


def test_a_heal_that_fails_ends_the_run_as_broken() -> None:
    play = with_the_fault_in_force().fails_over().wake("heal").skip()
    play.failed("t1.s1", "it does not start").expect("stop client1", "stop client2")
    play.stopped().expect(
        "trial 1 is given up: t1.s1 could not be healed: it does not start",
        "the run ends: world broke, t1.s1 could not be healed: it does not start",
    )


def test_a_fault_that_fails_while_it_is_in_force_is_healed_all_the_same() -> None:
    with_the_fault_in_force().failed("t1.s1", "it is gone").expect(
        "heal t1.s1", "stop client1", "stop client2"
    )


# --- abort ------------------------------------------------------------------------------------------------


def test_an_abort_heals_and_stops_the_load_before_it_ends() -> None:
    play = with_the_fault_in_force().abort("interrupted").expect("heal t1.s1", "stop client1", "stop client2")
    play.healed().expect()
    play.stopped().expect("trial 1 is given up: interrupted", "the run ends: interrupted")


def test_one_before_the_first_primary_ends_at_once() -> None:
    given(plan()).abort("deadline").expect("the run ends: deadline")


def test_one_before_the_fault_comes_leaves_it_out() -> None:
    play = under_load().served().skip().abort("interrupted").stopped().skip()
    assert play.finished
    assert play.injected == {}


def test_one_while_the_injection_is_unanswered_does_not_wait_for_the_answer() -> None:
    play = under_load().served().wake("step1").skip()
    play.abort("interrupted").expect("heal t1.s1", "stop client1", "stop client2").applied().expect()


def test_one_that_is_never_answered_is_told() -> None:
    play = under_load().served().wake("step1").abort("interrupted").stopped().skip()
    play.wake("ending").expect(
        "trial 1 is given up: t1.s1 not healed within 15 s (interrupted)",
        "the run ends: world broke, t1.s1 not healed within 15 s (interrupted)",
    )


def test_asked_twice_it_ends_at_once() -> None:
    play = with_the_fault_in_force().abort("interrupted").skip()
    play.abort("world broke", "no answer").expect(
        "trial 1 is given up: no answer", "the run ends: world broke, no answer"
    )
    assert play.finished


def test_asked_twice_by_a_person_the_reason_stays() -> None:
    play = with_the_fault_in_force().abort("interrupted").skip().abort("deadline")
    play.expect("trial 1 is given up: interrupted", "the run ends: interrupted")


def test_a_final_read_that_comes_after_it_does_not_bring_the_run_back() -> None:
    play = given(plan(trials=2)).when(*steady()).served().wake("step1").applied().fails_over()
    play.wake("heal").healed().rejoins().served().wake("tail").stopped().skip()
    play.abort("interrupted").expect("trial 1 is given up: interrupted", "the run ends: interrupted")
    play.read().expect()


def test_a_switchover_under_way_is_not_waited_for() -> None:
    steps = (
        KILL_PRIMARY[0],
        TimedStep(step=ControlStep(action="switchover", to="standby", at=Window(1, 1)), at_s=1.0),
    )
    play = under_load(plan(steps=steps)).served().wake("step1").skip()
    play.abort("interrupted").stopped().expect(
        "stop client1", "stop client2", "trial 1 is given up: interrupted", "the run ends: interrupted"
    )


# --- for a person -----------------------------------------------------------------------------------------


def test_progress_is_a_picture_of_the_moment() -> None:
    now = with_the_fault_in_force().conductor.progress
    assert (now.trial, now.trials, now.primary, now.epoch) == (1, 1, "", 1)
    assert (now.step, now.faults, now.writes_ok_last_s) == (
        REJOINED,
        ("kill n1 (process)",),
        0,
    )
    assert settling().served().conductor.progress.writes_ok_last_s == 6
