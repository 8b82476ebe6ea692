"""Steps that count from a moment: phases that hosts tell, acts that the world is asked for."""

from __future__ import annotations

import pytest

from harness.conductor.steps import text_of
from harness.model.command import AwaitMoment, ForgetMoment
from harness.model.drill import Trigger
from harness.model.event import MomentCame, PhaseName, PhaseReached
from harness.model.moment import Moment
from harness.model.plan import TimedStep
from tests.checkers.journals import plan
from tests.conductor.actions import hold, kill, kill_on, on, wait
from tests.conductor.playbook import Playbook, given, steady

DECIDED = on("tells", "decided")
GRANTED = on("sends", "Granted", host="witness/2", nth=3)


def begun(*steps: TimedStep) -> Playbook:
    return given(plan(steps=steps)).when(*steady()).skip()


def tells(play: Playbook, phase: PhaseName, host: str = "w2", *, at: float | None = None) -> Playbook:
    at_s = play.now_s if at is None else at
    return play.when(PhaseReached(at_s=at_s, host=host, phase=phase, epoch=1, subject="n1"))


def test_it_begins_when_the_phase_is_told_and_not_before() -> None:
    play = begun(kill_on(DECIDED))
    assert play.due("step0") == []
    tells(play, "suspected").expect()
    tells(play, "decided").expect(
        "step 0: kill n1 (process), on decided (n1)", "inject t1.s0: kill n1 (process)"
    )


def test_its_times_count_from_the_moment_s_own_stamp_not_from_when_it_was_heard_of() -> None:
    play = begun(kill_on(DECIDED, at=0.5))
    play.now_s += 0.2
    play.says("n2", "standby", 1)
    tells(play, "decided", at=play.now_s - 0.1)
    assert play.due("step0") == [0.4]
    play.wake("step0")
    assert play.due("heal") == [3.0]


def test_a_moment_whose_time_is_over_by_then_strikes_at_once() -> None:
    play = begun(kill_on(DECIDED, at=0.05))
    play.now_s += 0.2
    play.says("n2", "standby", 1)
    tells(play, "decided", at=play.now_s - 0.1)
    assert list(play.injected) == ["t1.s0"]


def test_it_comes_once() -> None:
    play = begun(kill_on(DECIDED, "w1"), kill("w2", at=9.0))
    tells(play, "decided").skip()
    tells(play, "decided").expect()


def test_what_was_told_before_the_step_was_due_does_not_count() -> None:
    play = begun(kill_on(DECIDED))
    tells(play, "decided", at=play.now_s - 0.01).expect()


def test_after_a_hold_it_counts_from_the_hold_s_end() -> None:
    play = begun(hold(1.0), kill_on(DECIDED))
    tells(play, "decided").expect()
    play.wake("hold").skip()
    tells(play, "decided").expect(
        "step 1: kill n1 (process), on decided (n1)", "inject t1.s1: kill n1 (process)"
    )


def test_the_nth_time_of_the_host_that_is_named_counts() -> None:
    play = begun(kill_on(on("tells", "suspected", host="witness/2", nth=2)))
    for host in ("w2", "w1", "w3"):
        tells(play, "suspected", host).expect()
    tells(play, "suspected", "w2")
    assert list(play.injected) == ["t1.s0"]


def test_a_change_of_the_register_is_a_moment() -> None:
    play = begun(kill_on(on("tells", "register")))
    play.register("n2", 2)
    assert list(play.injected) == ["t1.s0"]


def test_the_coordinator_is_who_decided() -> None:
    play = begun(kill_on(DECIDED, "coordinator"))
    tells(play, "decided", "w3").expect(
        "step 0: kill coordinator (process), on decided (w3)", "inject t1.s0: kill w3 (process)"
    )


def asked(*steps: TimedStep) -> list[object]:
    play = given(plan(steps=steps))
    heard: list[object] = []
    for event in steady():
        heard += play.conductor.handle(event)[0]
    return [told for told in heard if isinstance(told, AwaitMoment | ForgetMoment)]


def test_an_act_that_shows_only_from_inside_is_asked_of_the_world_with_real_hosts() -> None:
    moment = Moment(act="sends", what="Granted", hosts=("w2",), nth=3)
    assert asked(kill_on(GRANTED)) == [AwaitMoment("t1.s0.on", moment)]


def test_what_every_world_hears_is_asked_of_none() -> None:
    assert asked(kill_on(DECIDED)) == []


def test_the_world_s_answer_begins_the_step() -> None:
    play = begun(kill_on(GRANTED))
    play.when(MomentCame(moment_id="t1.s0.on", host="w2", text="", at_s=play.now_s))
    assert list(play.injected) == ["t1.s0"]


def test_a_wait_begins_only_after_the_moment() -> None:
    play = begun(kill("n2", at=1.0), kill_on(DECIDED), wait("failover")).wake("step0")
    assert play.waiting_for == "anybody tells decided"
    tells(play, "decided")
    assert play.waiting_for.endswith("a step is not answered yet")


def test_a_moment_that_never_comes_ends_the_trial_as_a_wait_in_vain() -> None:
    play = begun(kill("n2", at=1.0), kill_on(DECIDED), wait("failover")).wake("step0").applied("t1.s0").skip()
    play.wake("moment").expect("wait 1 expires: anybody tells decided: not within 4 s", "heal t1.s0")
    tells(play, "decided").expect()


def test_one_that_came_is_not_missed_later() -> None:
    play = begun(kill_on(DECIDED), wait("failover"))
    tells(play, "decided").skip()
    play.wake("moment").expect()


def test_the_world_is_told_that_nobody_waits_any_more() -> None:
    play = begun(kill_on(GRANTED), kill_on(DECIDED))
    play.skip().wake("moment")
    assert "forget t1.s0.on" in play.lines


def test_a_host_that_nobody_plays_now_ends_the_trial() -> None:
    play = begun(kill_on(on("tells", "decided", host="coordinator")))
    assert play.injected == {}
    assert play.waiting_for.startswith("steady again")


@pytest.mark.parametrize(
    ("trigger", "says"),
    [
        (DECIDED, "on decided"),
        (GRANTED, "on witness/2 sends Granted (time 3)"),
        (on("receives", "Seal"), "on receives Seal"),
    ],
)
def test_a_step_says_what_it_counts_from(trigger: Trigger, says: str) -> None:
    assert text_of(kill_on(trigger).step) == f"kill n1 (process), {says}"


def test_a_moment_that_comes_once_the_run_is_ending_strikes_nobody() -> None:
    play = begun(kill_on(DECIDED)).abort("interrupted")
    tells(play, "decided")
    assert play.injected == {}
