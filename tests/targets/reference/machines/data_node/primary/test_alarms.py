from __future__ import annotations

import pytest

from targets.reference.machines.data_node.node import DataNode
from targets.reference.machines.words.grammar import (
    Alert,
    Durable,
    Fired,
)
from targets.reference.machines.words.messages import Follow, Place, StreamAck
from targets.reference.settings import LagAlert
from tests.targets.reference.machines.playbook import serving
from tests.targets.reference.machines.reigns import BOTH, INTERVAL_S, write


def test_writes_that_wait_for_a_standby_call_a_person_once() -> None:
    play = write(serving(BOTH)).when(Durable(2, 3))
    alerts = 0
    for _ in range(30):
        alerts += len(play.when(Fired("beat"), after_s=INTERVAL_S).of(Alert))
        play.granted(2)
    assert alerts == 1


def test_a_write_after_a_long_quiet_time_calls_nobody() -> None:
    play = serving(BOTH)
    for _ in range(30):
        play.when(Fired("beat"), after_s=INTERVAL_S).granted(2)
    write(play)
    assert not play.when(Fired("beat")).of(Alert)


def test_a_standby_that_lags_calls_a_person() -> None:
    limit = LagAlert(positions=2, seconds_s=0.0)
    play = serving(BOTH, lag_alert=limit, replication="async")
    for request in range(3):
        write(play, request)
    play.when(Fired("beat"), after_s=INTERVAL_S)
    assert [alert.text for alert in play.of(Alert)] == ["n1: n2 is 3 records behind, more than 2"]


def test_one_that_follows_anew_is_judged_by_what_it_says_it_holds() -> None:
    play = write(serving(BOTH, lag_alert=LagAlert(positions=1, seconds_s=0.0))).when(Durable(2, 3))
    play.hears("n2", Follow(2, "n2", "b", (Place(1, 1), Place(2, 3))))
    assert not play.when(Fired("beat"), after_s=INTERVAL_S).of(Alert)
    play.hears("n2", StreamAck(2, "n2", "b", Place(1, 1)))
    assert [alert.text for alert in play.when(Fired("beat")).of(Alert)] == [
        "n1: n2 is 2 records behind, more than 1"
    ]


def test_the_time_in_which_a_primary_was_frozen_is_not_its_standby_s_lag() -> None:
    play = write(serving(BOTH, lag_alert=LagAlert(seconds_s=1.0))).when(Durable(2, 3))
    play.when(Fired("beat"), after_s=INTERVAL_S)
    # It wakes: the answer of the standby lies there, read or not.
    play.hears("n2", StreamAck(2, "n2", "b", Place(2, 2)), after_s=60.0)
    assert not play.when(Fired("beat")).of(Alert)


def test_it_says_how_far_each_standby_is_behind() -> None:
    play = write(serving(BOTH, replication="async"), value="12345", after_s=0.1)
    assert isinstance(play.machine, DataNode)
    play.when(Fired("beat"))
    [status] = play.machine.status(play.now_s + INTERVAL_S).standbys
    assert (status.lag_positions, status.lag_bytes) == (1, 6)
    assert status.lag_s == pytest.approx(INTERVAL_S) and status.carries_load
