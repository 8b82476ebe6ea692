"""A host's clock: its rate may change, its count never jumps, and what waits for it comes in time."""

from __future__ import annotations

import pytest

from tests.worlds.simulator.kernels import Lab


def test_a_clock_that_is_told_to_run_faster_does_not_jump() -> None:
    lab = Lab("a")
    host, kernel = lab.hosts["a"], lab.processes["a"]
    lab.run(5.0)
    before_s = kernel.clock_s()
    host.set_rate(2.0, lab.timeline.now_s)
    assert kernel.clock_s() == pytest.approx(before_s, abs=1e-6)
    lab.run(1.0)
    assert kernel.clock_s() - before_s == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize(("rate", "after_s"), [(2.0, 0.5), (0.5, 2.0), (1.0, 1.0)])
def test_what_waits_for_a_time_of_the_clock_follows_its_rate(rate: float, after_s: float) -> None:
    lab = Lab("a")
    kernel, fired = lab.processes["a"], list[float]()
    due_s = kernel.clock_s() + 1.0
    begun_s = lab.timeline.now_s
    kernel.alarm(lambda: fired.append(lab.timeline.now_s - begun_s)).set(due_s)
    lab.hosts["a"].set_rate(rate, lab.timeline.now_s)
    lab.run(3.0)
    assert len(fired) == 1
    assert after_s <= fired[0] <= after_s + 0.0003


def test_a_rate_that_changes_again_and_again_fires_what_waits_once_and_never_early() -> None:
    lab = Lab("a")
    host, kernel, fired = lab.hosts["a"], lab.processes["a"], list[float]()
    due_s = kernel.clock_s() + 1.0
    kernel.alarm(lambda: fired.append(kernel.clock_s())).set(due_s)
    for rate in (3.0, 0.2, 1.0, 0.7):
        host.set_rate(rate, lab.timeline.now_s)
        lab.run(0.15)
    lab.run(3.0)
    assert len(fired) == 1
    assert fired[0] >= due_s
