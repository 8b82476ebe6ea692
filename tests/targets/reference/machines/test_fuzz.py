"""Random schedules against the invariants. A seed is its run; one that ever found something stays in range.

Found so far, each mended with a unit test: a late answer to Follow that dropped what had been answered for;
three witnesses whose ballots kept the only node that could reign from its new epoch; a restarted primary that
waited for a lost store; a promotion while the old lease had been renewed behind a slow coordinator; pauses
after numbers that were merely too low; a switchover put off by its own seal.
"""

from __future__ import annotations

import pytest

from targets.reference.defects import (
    FENCE_NOT_AWAITED,
    FENCED_BEFORE_REACHED,
    LONE_WITNESS_DECIDES,
    NEVER_POWERED_ON,
    NO_LEASE_CHECK,
    OFF_NOT_READ_BACK,
)
from targets.reference.machines.words import messages
from tests.targets.reference.machines.schedules import Run

RUNS = 600
PHASES = {"suspected", "decided", "lease_over", "fenced", "promoted", "rejoined"}
ROLES = {"primary", "standby", "starting", "fenced", "cold", "down"}
FINDINGS = {
    NO_LEASE_CHECK: "two-deciders",
    LONE_WITNESS_DECIDES: "too-few-votes",
    FENCE_NOT_AWAITED: "unfenced-failover",
    OFF_NOT_READ_BACK: "fenced-lives",
    FENCED_BEFORE_REACHED: "hasty-fence",
    NEVER_POWERED_ON: "not whole",
}
# Not part of the protocol: what clients ask, and what is not asked here.
CLIENTS = {"Write", "Read", "ReadAll", "SwitchOver"}
CLIENTS |= {"AskStatus", "WhoIsPrimary", "Maintain", "PromoteOrder", "Rejoin", "FenceOrder"}


@pytest.fixture(scope="module")
def problems_and_reached() -> tuple[dict[int, str], set[str]]:
    problems, reached = dict[int, str](), set[str]()
    for seed in range(RUNS):
        run = Run(seed)
        problem = run.problem()
        if problem:
            problems[seed] = problem
        reached |= run.reached
    return problems, reached


@pytest.mark.slow
def test_no_schedule_breaks_an_invariant_or_leaves_the_cluster_stuck(
    problems_and_reached: tuple[dict[int, str], set[str]],
) -> None:
    assert problems_and_reached[0] == {}


@pytest.mark.slow
def test_the_schedules_reach_every_message_phase_and_role(
    problems_and_reached: tuple[dict[int, str], set[str]],
) -> None:
    every = {kind.__name__ for kind in messages.Message.__args__}
    assert (every - CLIENTS) | PHASES | ROLES | {"Truncate", "Alert", "AskPower"} <= problems_and_reached[1]


@pytest.mark.parametrize(("defect", "finding"), FINDINGS.items())
def test_every_defect_is_found(defect: str, finding: str) -> None:
    def found(seed: int) -> bool:
        run = Run(seed, frozenset({defect}))
        problem = run.problem()
        return finding in problem or any(finding == broken.invariant for broken in run.truth.violations)

    assert any(found(seed) for seed in range(200))


def test_the_same_seed_is_the_same_run() -> None:
    one, other = Run(7), Run(7)
    one.problem()
    other.problem()
    assert one.trace == other.trace and one.cluster.calls == other.cluster.calls
    assert one.cluster.told == other.cluster.told
