"""What every world must keep, whatever it is made of: one suite, run against each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.model.command import Heal
from harness.model.event import Failed
from harness.model.fault import (
    Crash,
    Cut,
    CutMode,
    Fault,
    Impair,
    Kill,
    Link,
    Pause,
    Scope,
    Side,
    Slow,
    Stop,
)
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from harness.model.moment import Moment
from harness.planner.offers import FAULTS_OF_WORLDS
from tests.contract.worldstage import Stage, both_ways, stage_in

WORLDS = [
    pytest.param("simulator"),
    pytest.param("processes", marks=pytest.mark.processes),
    pytest.param("docker", marks=pytest.mark.docker),
]
# How long nothing may come through, and how late a late link is.
WINDOW_S, LATE_S = 0.6, 0.15


@pytest.fixture(scope="module", params=WORLDS)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_in(request.param, tmp_path_factory.mktemp("run")) as it:
        yield it


@pytest.mark.parametrize("how", ["drop", "stall", "refuse"])
def test_a_cut_blocks_what_is_open_and_what_is_new(stage: Stage, how: CutMode) -> None:
    primary = stage.primary
    with stage.load("client1", primary) as open_one:
        stage.flows(open_one)
        with stage.under(Cut(links=both_ways(primary, "client1", "client2"), how=how)) as cut:
            with stage.load("client2", primary) as new:
                stage.run(WINDOW_S)
            assert stage.ops(open_one, after_s=cut.after_s)
            assert stage.ops(new)
            assert not stage.good(open_one, after_s=cut.after_s)
            assert not stage.good(new)
        stage.flows(open_one)
    with stage.load("client2", primary) as new:
        stage.flows(new)


def test_what_a_cut_does_not_name_goes_on(stage: Stage) -> None:
    primary = stage.primary
    cut = Cut(links=both_ways(primary, "client1"), how="drop")
    with stage.load("client1", primary), stage.load("client2", primary) as other, stage.under(cut):
        stage.flows(other)


def test_of_a_cut_towards_a_host_nothing_arrives_there(stage: Stage) -> None:
    primary = stage.primary
    with stage.load("client1", primary) as prefix:
        stage.flows(prefix)
        with stage.under(Cut(links=(Link("client1", primary),), how="drop")) as cut:
            stage.run(WINDOW_S)
            sent = {one.value for one in stage.ops(prefix, after_s=cut.after_s)}
            assert sent
            assert sent.isdisjoint(stage.read_all())
        stage.flows(prefix)


def test_of_a_cut_away_from_a_host_all_arrives_and_no_answer_comes(stage: Stage) -> None:
    primary = stage.primary
    with stage.load("client1", primary) as prefix:
        stage.flows(prefix)
        with stage.under(Cut(links=(Link(primary, "client1"),), how="drop")) as cut:
            stage.run(WINDOW_S)
            asked = stage.ops(prefix, after_s=cut.after_s)
            assert not [one for one in asked if one.outcome == "ok"]
            assert {one.value for one in asked if one.outcome == "unknown"} & stage.read_all()
        stage.flows(prefix)


@pytest.mark.parametrize("scope", ["process", "host"])
@pytest.mark.parametrize("ends", [Kill, Stop])
def test_who_is_ended_is_gone_until_it_is_healed(
    stage: Stage, ends: type[Kill] | type[Stop], scope: Scope
) -> None:
    victim = stage.primary
    with stage.load("client1", victim) as prefix:
        stage.flows(prefix)
        with stage.under(ends(victim, scope)) as ended:
            stage.until(lambda: stage.primary not in ("", victim))
            stage.run(WINDOW_S)
            assert not stage.good(prefix, after_s=ended.after_s)
    stage.steady()


@pytest.mark.parametrize("scope", ["process", "host"])
def test_who_is_restarted_has_ended_and_begins_anew(stage: Stage, scope: Scope) -> None:
    victim, epoch = stage.primary, stage.view.epoch
    with stage.load("client1", victim) as prefix:
        stage.flows(prefix)
        with stage.under(Stop(victim, scope)) as stopped:
            pass
        assert stage.healed.before_s >= stopped.after_s
        assert not stage.healed.lapsed
    stage.steady()
    assert stage.view.epoch > epoch  # nobody resumes what it was


@pytest.mark.parametrize("side", ["before", "after"])
def test_who_crashes_at_a_point_is_gone_from_there_on_until_it_is_healed(stage: Stage, side: Side) -> None:
    victim = stage.primary
    point = Moment(act="sends", what="Reply", hosts=(victim,))
    with stage.load("client1", victim) as prefix:
        stage.flows(prefix)
        with stage.under(Crash(point, side)) as died:
            assert isinstance(died.fault, Crash) and died.fault.host == victim
            stage.until(lambda: stage.primary not in ("", victim))
            stage.run(WINDOW_S)
            assert not stage.good(prefix, after_s=died.after_s)
    stage.steady()


@pytest.mark.parametrize("scope", ["process", "host"])
def test_who_is_paused_stands_still_and_then_goes_on(stage: Stage, scope: Scope) -> None:
    primary = stage.primary
    with stage.load("client1", primary) as prefix:
        stage.flows(prefix)
        with stage.under(Pause(primary, scope)) as paused:
            stage.run(WINDOW_S)
        frozen = stage.ops(prefix, after_s=paused.after_s)
        told = [one.ret_s for one in frozen if one.outcome == "ok" and one.ret_s is not None]
        assert not [ret_s for ret_s in told if ret_s < stage.healed.before_s]
        stage.flows(prefix)
    assert stage.primary == primary
    stage.steady()


def test_a_slow_link_makes_every_answer_late(stage: Stage) -> None:
    primary = stage.primary
    with stage.load("client1", primary, timeout_s=5.0) as prefix:
        stage.flows(prefix)
        with stage.under(Slow(links=(Link("client1", primary),), delay_s=LATE_S, jitter_s=0.0)) as slow:
            stage.until(lambda: len(stage.good(prefix, after_s=slow.after_s)) > 3)
            late = stage.good(prefix, after_s=slow.after_s)
        assert min(one.ret_s - one.call_s for one in late if one.ret_s is not None) >= LATE_S
        healed_s = stage.healed.after_s
        # What is on its way comes in order, so the last of what was late goes first.
        stage.until(
            lambda: any(
                one.ret_s is not None and one.ret_s - one.call_s < LATE_S
                for one in stage.good(prefix, after_s=healed_s)
            )
        )


@pytest.mark.parametrize(
    "by", [Bandwidth(rate_kb_per_s=50), Slicing(piece_bytes=20, delay_s=0.0), Reset(), SlowClose(delay_s=1.0)]
)
def test_links_that_carry_bytes_badly_are_offered_where_there_are_bytes(stage: Stage, by: Impairment) -> None:
    fault = Impair(links=both_ways(stage.primary, "client1"), by=by)
    if stage.plan.world == "simulator":
        assert {"bandwidth", "slicing", "reset", "slow_close"}.isdisjoint(FAULTS_OF_WORLDS["simulator"])
        return
    with stage.load("client1", stage.primary) as prefix:
        stage.flows(prefix)
        with stage.under(fault) as applied:
            assert applied.evidence
            stage.run(WINDOW_S)
            if isinstance(by, Reset):
                assert not stage.good(prefix, after_s=applied.after_s)
        stage.flows(prefix)


@pytest.mark.parametrize("number", range(3))
def test_faults_tell_when_they_began_and_ended_and_how_that_was_seen(stage: Stage, number: int) -> None:
    primary = stage.primary
    faults: tuple[Fault, ...] = (
        Cut(links=both_ways(primary, "client1"), how="drop"),
        Pause("w3", "host"),
        Kill("w3", "process"),
    )
    asked_s = stage.world.now_s()
    with stage.under(faults[number]) as applied:
        assert asked_s <= applied.before_s <= applied.after_s <= stage.world.now_s()
        assert applied.fault == faults[number]
        assert applied.evidence
    assert applied.after_s <= stage.healed.before_s <= stage.healed.after_s <= stage.world.now_s()
    assert stage.healed.evidence
    stage.steady()


def test_overlapping_faults_end_each_by_itself(stage: Stage) -> None:
    primary = stage.primary
    links = both_ways(primary, "client1")
    with stage.load("client1", primary) as prefix:
        stage.flows(prefix)
        with stage.under(Cut(links=links, how="drop")) as cut:
            with stage.under(Cut(links=links, how="stall")):
                pass
            stage.run(WINDOW_S)
            assert not stage.good(prefix, after_s=cut.after_s)
        stage.flows(prefix)


def test_what_is_not_in_force_cannot_be_healed(stage: Stage) -> None:
    stage.world.perform(Heal(fault_id="nobody"))
    stage.until(lambda: [e for e in stage.events if isinstance(e, Failed) and e.command_id == "nobody"])
