"""Runs in which nothing is done to a sound cluster of random settings: whatever is found is a false alarm."""

from __future__ import annotations

from random import Random

from harness import planner
from harness.journalfile import Journal
from harness.judge import judge
from harness.model.drill import Drill, Expectation, HoldStep, Load, Measure, Via, WaitStep
from harness.model.plan import Plan
from harness.search.playing import play
from targets.registry import SIMULATED, TARGETS

TARGET = "reference"
_FREE: tuple[Via, ...] = ("router", "discovery")
_NONE: tuple[Measure, ...] = (
    "lost_writes",
    "rpo",
    "split_brain",
    "stale_reads",
    "phantom_writes",
    "failovers",
    "false_failovers",
)


def a_clean_plan(number: int) -> Plan:
    """Without a fault, asynchronous replication loses nothing either."""
    draw = Random(f"clean {number}")
    written = SIMULATED[TARGET]().variation(draw, {})
    # *The* outage is that of clients which need not stay with a primary.
    first, second = draw.choice(_FREE), draw.choice((*_FREE, "primary"))
    clients: dict[str, Via] = {"client/1": first, "client/2": second}
    drill = Drill(
        name=f"clean-{number}",
        path="",
        story="",
        target=TARGET,
        settings={TARGET: written},
        load=Load(
            writers=draw.randint(2, 4),
            rate_per_s=draw.uniform(5, 30),
            readers=draw.randint(2, 4),
            read_rate_per_s=draw.uniform(5, 30),
            timeout_s=draw.choice((0.5, 1.0)),
        ),
        clients={host: via for host, via in clients.items() if via != "router"},
        trials=draw.choice((1, 1, 2)),
        steps=(WaitStep(wait_for="steady", within_s=20.0), HoldStep(duration_s=draw.uniform(3, 12))),
        expect=(
            *(Expectation(measure=name, limit=0.0) for name in _NONE),
            Expectation(measure="outage", limit=0.3),
        ),
    )
    seed, target = draw.getrandbits(31), TARGETS[TARGET]
    return planner.plan(drill, target, world="simulator", seed=seed, trials=drill.trials, defect="")


def alarms(number: int) -> list[str]:
    """Every finding of one clean run that is no pass."""
    plan = a_clean_plan(number)
    verdict = judge(plan, Journal(play(plan, SIMULATED[TARGET]())))
    found = [f for f in verdict.findings if f.judgement != "pass"]
    return [f"clean run {number}: {f.measure} {f.judgement}: {'; '.join(f.evidence[:2])}" for f in found]
