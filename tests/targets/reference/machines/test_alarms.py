from __future__ import annotations

import pytest

from targets.reference.machines.grammar import (
    Alert,
    Durable,
    Fired,
)
from targets.reference.machines.node import DataNode
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


def test_it_says_how_far_each_standby_is_behind() -> None:
    play = write(serving(BOTH, replication="async"), value="12345", after_s=0.1)
    assert isinstance(play.machine, DataNode)
    [status] = play.machine.status(play.now_s + 0.5).standbys
    assert (status.lag_positions, status.lag_bytes) == (1, 6)
    assert status.lag_s == pytest.approx(0.5) and status.carries_load
