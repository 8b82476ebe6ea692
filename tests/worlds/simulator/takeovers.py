"""Every act between a primary's failure and its return, as points at which a process may die: for tests.

A first run notes the acts of each kind of host; a second one has a trial for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, structs

from harness import journalfile
from harness.drive import drive
from harness.judge import judge
from harness.model.drill import CrashStep, Window
from harness.model.event import Applied, PhaseReached
from harness.model.fault import Side
from harness.model.plan import Plan, TimedStep, TrialPlan
from harness.model.verdict import TrialMeasures, Verdict
from harness.worlds.simulator.process import Process
from harness.worlds.simulator.world import SimulatorWorld
from targets.registry import SIMULATED
from tests.worlds.simulator.rehearsals import of_text

# Who dies: as a drill names it before the primary has been struck.
Who = Literal["primary", "standby", "witnesses"]
Strike = Literal["kill", "isolate"]
DOWN_S = 0.5
# The seed of the run that the points are taken from.
SEEN_WITH = 1
STRIKES: Mapping[Strike, str] = {"kill": "kill: primary", "isolate": "isolate: primary\n    how: drop"}
# The primary is struck, and comes back: started again, or let into the network.
_DRILL = """\
drill: takeover
target: reference
load: {{writers: 1, rate: 25/s, readers: 1, read_rate: 25/s}}
steps:
  - wait: {{for: steady, within: 20s}}
  - {strike}
    at: 300ms..400ms
    until: 2s
  - wait: {{for: rejoined, within: 20s}}
expect: {{lost_writes: 0, rpo: 0s, split_brain: never, stale_reads: 0}}
"""
# What is done when it comes back from there: what comes before it does not tell it from the act before.
_LASTING = ("persists", "appends", "tells")


class Point(Struct, frozen=True, order=True):
    who: Who
    act: str
    what: str
    side: Side


def points(strike: Strike, folder: Path) -> list[Point]:
    """Before each act, and after each that leaves something behind; the first of its kind."""
    plan = _plan(strike, folder, seed=SEEN_WITH)
    noted: list[tuple[float, Point]] = []

    def note(process: Process, act: str, what: str, done: bool) -> None:
        who: Who = "witnesses" if process.host.startswith("w") else "primary"
        who = "standby" if process.host == "n2" else who
        if not done or act in _LASTING:
            noted.append((process.now_s(), Point(who, act, what, "after" if done else "before")))

    world = SimulatorWorld(plan, SIMULATED[plan.target]())
    world.moments.hear_all(note)
    _run(plan, world, folder)
    entries = journalfile.read(folder / "journal.jsonl").entries
    died_s = next(entry.after_s for entry in entries if isinstance(entry, Applied))
    phases = [entry for entry in entries if isinstance(entry, PhaseReached) and entry.at_s > died_s]
    back_s = next(entry.at_s for entry in phases if entry.phase == "rejoined")
    return sorted({point for at_s, point in noted if died_s <= at_s <= back_s})


def died_at(
    strike: Strike, where: list[Point], folder: Path, *, seed: int
) -> tuple[Verdict, dict[Point, TrialMeasures]]:
    plan = a_trial_each(_plan(strike, folder, seed=seed), where)
    _run(plan, SimulatorWorld(plan, SIMULATED[plan.target]()), folder)
    verdict = judge(plan, journalfile.read(folder / "journal.jsonl"))
    return verdict, {where[trial.trial - 1]: trial for trial in verdict.trials}


def a_trial_each(plan: Plan, where: list[Point]) -> Plan:
    """Of a plan with one trial."""
    trials = [
        TrialPlan(number=number, steps=_with_crash(plan.trials[0].steps, point))
        for number, point in enumerate(where, 1)
    ]
    return structs.replace(plan, trials=tuple(trials))


def text(strike: Strike) -> str:
    """A drill file."""
    return _DRILL.format(strike=STRIKES[strike])


def _plan(strike: Strike, folder: Path, *, seed: int) -> Plan:
    return of_text(text(strike), folder, seed=seed)


def _with_crash(steps: tuple[TimedStep, ...], point: Point) -> tuple[TimedStep, ...]:
    """It lies in wait from a moment before the primary is struck: then its role still names who is meant."""
    at_s = steps[1].at_s - 0.0001
    crash = CrashStep(
        victim=point.who,
        side=point.side,
        act=point.act,
        what=point.what,
        at=Window(at_s, at_s),
        within_s=5.0,
        until_s=DOWN_S,
    )
    return (steps[0], TimedStep(step=crash, at_s=at_s), *steps[1:])


def _run(plan: Plan, world: SimulatorWorld, folder: Path) -> None:
    file = folder / "journal.jsonl"
    file.unlink(missing_ok=True)
    with journalfile.Writer(file) as writer:
        drive(plan, world, writer, stop=lambda: None, told=lambda entries, moment: None)
