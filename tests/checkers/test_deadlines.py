"""A wait that expired after the fault is the deadline of what it waited for."""

from __future__ import annotations

import pytest

from harness.checkers.deadlines import Times, within
from harness.checkers.figures import NEVER, censored
from harness.checkers.outage import Down, Outage
from harness.model.drill import WaitFor, WaitStep
from harness.model.plan import TimedStep
from harness.model.verdict import Figure
from tests.checkers.journals import Entries, killed, look, says, waited

KILLED: list[Entries] = [says("n1", "primary", 1, at=0.0), killed("n1", at=1.0, until=3.0)]


def figure(value: float) -> Figure:
    return Figure(value=value, low=value, high=value)


def down(from_s: float, end_s: float) -> Outage:
    one = Down(figure=figure(end_s - 1), gap=figure(end_s - 1), from_s=from_s, end_s=end_s)
    return Outage(figure=one.figure, downs=(one,), slow=0, writes=1, untried="")


def after_a_wait(
    wait_for: WaitFor, times: Times, *, at: float, met: bool = False, index: int = 0, done: Entries = KILLED
) -> Times:
    steps = (TimedStep(step=WaitStep(wait_for=wait_for, within_s=5.0)),)
    return within(times, look(done, waited(index, at=at, met=met)), steps)


TIMES = Times(detection=figure(2.0), outage=down(1.0, 8.0), rejoin=figure(4.0))


def test_a_failover_waited_for_in_vain_never_came() -> None:
    late = after_a_wait("failover", TIMES, at=2.5)
    assert (late.detection, late.outage and late.outage.figure, late.rejoin) == (NEVER, NEVER, figure(4.0))


def test_what_had_come_by_then_had_come() -> None:
    assert after_a_wait("failover", TIMES, at=9.0) == TIMES
    assert after_a_wait("failover", TIMES, at=3.001).detection == figure(2.0)
    assert after_a_wait("failover", TIMES, at=3.0).detection == NEVER


def test_a_rejoin_counts_from_the_fault_s_end() -> None:
    assert after_a_wait("rejoined", TIMES, at=6.9).rejoin == NEVER
    assert after_a_wait("rejoined", TIMES, at=7.1).rejoin == figure(4.0)


def test_steady_waits_for_service_and_for_the_rejoin() -> None:
    late = after_a_wait("steady", TIMES, at=6.9)
    assert (late.detection, late.outage and late.outage.figure, late.rejoin) == (figure(2.0), NEVER, NEVER)


def test_what_was_still_open_at_the_deadline_never_came() -> None:
    open_ended = Times(detection=censored(90.0), outage=None, rejoin=None)
    assert after_a_wait("failover", open_ended, at=9.0).detection == NEVER


def test_an_interruption_that_began_only_after_the_deadline_is_not_cut_off() -> None:
    later = Times(detection=None, outage=down(6.0, 8.0), rejoin=None)
    assert after_a_wait("failover", later, at=5.0) == later


def test_a_wait_that_was_met_cuts_off_nothing() -> None:
    assert after_a_wait("failover", TIMES, at=2.5, met=True) == TIMES


def test_nor_does_one_that_expired_before_the_fault() -> None:
    assert after_a_wait("failover", TIMES, at=0.5) == TIMES


@pytest.mark.parametrize("index", [-7, 3])
def test_nor_does_one_that_the_plan_does_not_know(index: int) -> None:
    assert after_a_wait("failover", TIMES, at=2.5, index=index) == TIMES


def test_without_an_act_there_is_nothing_to_cut_off() -> None:
    assert after_a_wait("failover", TIMES, at=2.5, done=[]) == TIMES
