"""Whole failovers with a fence device, in virtual time: how long they take, and who gets its power back."""

from __future__ import annotations

import pytest

from targets.reference.defects import FENCED_BY_NAME
from targets.reference.machines.words.grammar import AskPower, Effect, Tell
from targets.reference.machines.words.messages import Accept
from targets.reference.settings import Detector, Settings
from tests.targets.reference.machines.cluster import both_ways
from tests.targets.reference.machines.device import MOODS, Mood
from tests.targets.reference.machines.process import Process
from tests.targets.reference.machines.schedules import Run

LEASE_S = 2.0
SETTINGS = Settings(
    detector=Detector(interval_s=0.05, timeout_s=0.05, threshold=2), lease_s=LEASE_S, fence="device"
)
BACK_WITHIN_S = 4.0


def steady(seed: int = 1, defects: frozenset[str] = frozenset()) -> Run:
    """n1 is primary, n2 follows; the witnesses have granted for longer than a lease."""
    run = Run(seed, defects, SETTINGS)
    for host in run.cluster.hosts:
        run.cluster.start_host(host)
    assert run.cluster.run(9.0, stop=lambda: run.whole() and run.cluster.now_s > LEASE_S + 1)
    return run


def isolate(run: Run) -> float:
    """Cut the primary off from everybody; until another one serves: how long was that?"""
    cluster = run.cluster
    old, since_s, before = run.truth.register.primary, cluster.now_s, phases(run).count("promoted")
    others = [host for host in cluster.hosts if host != old]
    cluster.net.cut(both_ways([old], others), "stall")

    def is_over() -> bool:
        return run.truth.register.primary != old and phases(run).count("promoted") > before

    cluster.run(since_s + 2 * LEASE_S, stop=is_over)
    took_s = cluster.now_s - since_s
    cluster.net.heal([*cluster.net.cuts])
    return took_s


def whole_again(run: Run) -> bool:
    return run.cluster.run(run.cluster.now_s + BACK_WITHIN_S, stop=run.whole) and not run.truth.violations


def phases(run: Run) -> list[str]:
    return [told.phase for _, _, told in run.cluster.told if isinstance(told, Tell)]


def test_a_node_that_is_seen_off_need_not_be_waited_for() -> None:
    run = steady()
    assert isolate(run) < 0.3
    assert "fenced" in phases(run) and "lease_over" not in phases(run)
    assert run.truth.register.fenced == ((run.truth.register.epoch - 1, "n1"),)
    assert whole_again(run)


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood not in ("lies", "slow")])
def test_without_the_device_s_word_the_whole_lease_is_waited_for(mood: Mood) -> None:
    run = steady()
    run.cluster.device.mood = mood
    assert isolate(run) > LEASE_S - SETTINGS.detector.interval_s - 0.1
    assert "fenced" not in phases(run) and "lease_over" in phases(run)
    assert whole_again(run)


def test_a_device_that_lies_loses_nothing_in_sync() -> None:
    """The seal keeps the old primary from acknowledging, though it believes in its lease."""
    run = steady()
    run.cluster.device.mood = "lies"
    assert isolate(run) < 0.3 and run.cluster.device.has_lied
    run.cluster.device.mood = "sound"
    assert whole_again(run)


def test_what_was_fenced_may_be_promoted_again() -> None:
    run = steady()
    assert isolate(run) < 0.3 and whole_again(run)
    assert isolate(run) < 0.3 and whole_again(run)
    assert run.truth.register.primary == "n1"


def test_a_fence_by_name_would_keep_it_out_for_ever() -> None:
    run = steady(defects=frozenset({FENCED_BY_NAME}))
    isolate(run)
    whole_again(run)
    assert isolate(run) > 2 * LEASE_S - 0.001, "never, as far as was waited"


@pytest.mark.parametrize("nth", range(1, 13))
def test_whoever_leads_may_die_at_any_of_its_steps_and_the_node_gets_its_power_back(nth: int) -> None:
    """Its nth question to the device or proposal to the register is the last thing it does."""
    run = steady(nth)
    judge, count = run.cluster.before, 0

    def before(process: Process, effect: Effect) -> None:
        nonlocal count
        judge(process, effect)
        said = getattr(effect, "message", effect)
        count += process.host == "w1" and isinstance(said, AskPower | Accept)
        if process.host == "w1" and count == nth:
            run.cluster.kill("w1")

    run.cluster.before = before
    isolate(run)
    assert run.truth.register.primary == "n2"
    run.cluster.before = judge
    assert whole_again(run) and not run.cluster.device.off
