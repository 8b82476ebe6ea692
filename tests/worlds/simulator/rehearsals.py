"""Whole drills in virtual time, for tests: from a file to its journal and its verdict."""

from __future__ import annotations

from pathlib import Path

from harness import journalfile, planner
from harness.drillfile import read_all
from harness.drive import drive
from harness.judge import judge
from harness.model.event import Applied, Returned
from harness.model.journal import Entry
from harness.model.plan import Plan
from harness.model.verdict import Verdict
from harness.worlds.simulator.world import SimulatorWorld
from targets.registry import SIMULATED, TARGETS

DRILLS = Path(__file__).parents[3] / "drills"


def planned(file: Path, *, seed: int = 1, trials: int = 2, defect: str = "") -> Plan:
    (drill,) = read_all([file], DRILLS)
    return planner.plan(
        drill, TARGETS[drill.target], world="simulator", seed=seed, trials=trials, defect=defect
    )


def of_text(text: str, folder: Path, *, seed: int = 1, trials: int = 1) -> Plan:
    file = folder / "drill.yaml"
    file.write_text(text)
    return planned(file, seed=seed, trials=trials)


def run(plan: Plan, journal: Path) -> SimulatorWorld:
    """To its end; what was written is in the file."""
    world = SimulatorWorld(plan, SIMULATED[plan.target]())
    with journalfile.Writer(journal) as writer:
        drive(plan, world, writer, stop=lambda: None, told=lambda entries, moment: None)
    world.close()
    return world


def judged(plan: Plan, folder: Path) -> tuple[Verdict, tuple[Entry, ...]]:
    file = folder / "journal.jsonl"
    run(plan, file)
    journal = journalfile.read(file)
    return judge(plan, journal), journal.entries


def applied(entries: tuple[Entry, ...]) -> list[Applied]:
    return [entry for entry in entries if isinstance(entry, Applied)]


def operations(entries: tuple[Entry, ...]) -> list[Returned]:
    return [entry for entry in entries if isinstance(entry, Returned)]
