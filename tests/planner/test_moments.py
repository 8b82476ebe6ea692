"""A moment that a world or a target does not show is refused, with its line, its field and what to write."""

from __future__ import annotations

import pytest

from harness.model.errors import DrillError
from tests.planner.planning import planned, refused, with_steps

KILL = "- kill: primary\n  until: 3s\n  on: "


def refused_in(world: str, text: str) -> DrillError:
    with pytest.raises(DrillError) as raised:
        planned(text, world=world)
    return raised.value


@pytest.mark.parametrize("world", ["docker", "processes", "simulator"])
def test_a_phase_is_offered_by_every_world(world: str) -> None:
    assert planned(with_steps(KILL + "decided"), world=world).trials


def test_what_a_host_does_shows_only_from_inside() -> None:
    assert planned(with_steps(KILL + "{sends: Seal, host: witness/1}"), world="simulator").trials
    error = refused_in("docker", with_steps(KILL + "{sends: Seal}"))
    assert (error.path, error.line, error.field) == ("mine.yaml", 6, "steps[0].on.sends")
    assert "the world docker does not see what a host sends" in error.problem
    assert "on: decided, or run it with --world simulator" in error.problem


@pytest.mark.parametrize(
    ("written", "field", "says"),
    [
        (
            "{sends: Grantet}",
            "steps[0].on.sends",
            "ever sends 'Grantet'; did you mean 'Granted'?",
        ),
        ("{sends: Xyzzy}", "steps[0].on.sends", "there are Granted, Seal"),
        ("{does: Nothing}", "steps[0].on.does", "shows nothing that it does; it shows what it tells, sends"),
        ("fenced", "steps[0].on.tells", "no host of paper ever tells 'fenced'; did you mean 'decided'?"),
    ],
)
def test_what_the_target_never_does_is_refused(written: str, field: str, says: str) -> None:
    error = refused_in("simulator", with_steps(KILL + written))
    assert (error.path, error.line, error.field) == ("mine.yaml", 6, field)
    assert says in error.problem


def test_a_moment_of_a_host_that_is_not_there_is_refused() -> None:
    error = refused(with_steps(KILL + "{tells: decided, host: witness/9}"))
    assert (error.line, error.field) == (6, "steps[0].on.host")
    assert "no witness/9" in error.problem


@pytest.mark.parametrize("world", ["docker", "processes", "simulator"])
def test_a_crash_point_is_offered_by_every_world(world: str) -> None:
    crash = with_steps("- crash: witnesses\n  before: {sends: Seal}\n  until: 3s")
    assert planned(crash, world=world).trials


def test_a_point_that_no_host_ever_comes_to_is_refused() -> None:
    error = refused_in("simulator", with_steps("- crash: witnesses\n  before: {sends: Sea}\n  until: 3s"))
    assert (error.line, error.field) == (5, "steps[0].before.sends")
    assert "did you mean 'Seal'?" in error.problem


def test_only_what_runs_a_machine_can_die_at_a_point() -> None:
    error = refused_in("simulator", with_steps("- crash: router\n  before: {sends: Seal}\n  until: 3s"))
    assert error.field == "steps[0].crash"
    assert "kill it instead: kill: router" in error.problem


def test_whoever_may_have_crashed_may_be_the_victim_later() -> None:
    crash = "- crash: standby\n  before: {sends: Seal}\n  until: 3s"
    steps = with_steps(f"{crash}\n- wait: {{for: rejoined, host: victim, within: 9s}}")
    assert planned(steps, world="simulator").trials


def test_the_coordinator_can_be_named_once_a_failover_may_have_been_decided() -> None:
    kill = "- kill: coordinator\n  until: 3s"
    error = refused(with_steps(kill))
    assert "no coordinator before a failover was decided; let the step wait for one, with on: decided" in (
        error.problem
    )
    assert planned(with_steps(f"{kill}\n  on: decided")).trials
    assert planned(with_steps(f"- kill: primary\n  until: 3s\n{kill}")).trials
    assert planned(with_steps(f"- switchover: {{to: standby}}\n{kill}")).trials
