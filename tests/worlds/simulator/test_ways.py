"""What is in the way: how often a packet is lost, and how late what is sent again comes."""

from __future__ import annotations

from random import Random

import pytest

from harness.worlds.simulator.ways import Lossiness, Slowness, Way, Ways

WAY: Way = ("a", "b")


def ways(*hindrances: Lossiness | Slowness) -> Ways:
    made = Ways(Random("ways"))
    made.put({}, {WAY: hindrances} if hindrances else {})
    return made


def test_an_open_way_takes_a_moment_and_loses_nothing() -> None:
    free = ways()
    assert all(0.0001 <= free.delay_s(WAY) <= 0.0003 for _ in range(1000))
    assert not any(free.loses(WAY) for _ in range(1000))
    assert not free.troubled


def test_what_is_lost_now_and_then_comes_after_tcps_time_outs() -> None:
    lossy = ways(Lossiness(0.2))
    delays_s = [lossy.delay_s(WAY) for _ in range(5000)]
    again = [round(delay_s, 1) for delay_s in delays_s if delay_s > 0.1]
    assert len(again) / len(delays_s) == pytest.approx(0.2, abs=0.02)
    assert set(again) >= {0.2, 0.6, 1.4}
    assert again.count(0.2) / len(again) == pytest.approx(0.8, abs=0.03)


def test_a_dial_is_lost_as_often_as_anything_else_and_only_there() -> None:
    lossy = ways(Lossiness(0.2))
    assert sum(lossy.loses(WAY) for _ in range(5000)) / 5000 == pytest.approx(0.2, abs=0.02)
    assert not any(lossy.loses(("b", "a")) for _ in range(1000))


def test_hindrances_of_one_way_add_up() -> None:
    slow = ways(Slowness(0.02, 0.0), Slowness(0.03, 0.01))
    delays_s = [slow.delay_s(WAY) for _ in range(1000)]
    assert 0.0401 <= min(delays_s) <= max(delays_s) <= 0.0603
