"""Every act of a failover as a point to die at, in containers: `python -m tests.docker.takeovers`, minutes.

The points are those that a run in the simulator passes. Prints a line a point: what became of the failover.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from harness import drillfile, planner, run
from harness.cli.drills import containers, images
from harness.model.journal import Entry
from harness.model.plan import PlanFile
from harness.model.verdict import TrialMeasures, Verdict
from targets.reference.target import REFERENCE
from tests.worlds.simulator.takeovers import STRIKES, Point, Strike, Who, a_trial_each, points, text


class _Quiet:
    """Nobody follows."""

    def say(self, text: str) -> None: ...
    def begin(self, file: PlanFile, folder: str) -> None: ...
    def told(self, entries: Sequence[Entry], moment: object) -> None: ...
    def end(self) -> None: ...


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.docker.takeovers", description=__doc__)
    parser.add_argument("--strike", choices=[*STRIKES], action="append", help="how the primary fails")
    parser.add_argument("--who", choices=get_args(Who), action="append", help="whose acts; default all")
    parser.add_argument("--out", type=Path, default=Path("runs"), help="where the runs are kept")
    args = parser.parse_args(words)
    codes = [_survey(strike, args.who or get_args(Who), args.out) for strike in args.strike or STRIKES]
    return max(codes)


def _survey(strike: Strike, whose: Sequence[Who], out: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="failover-drill-takeovers-") as made:
        folder = Path(made)
        where = [point for point in points(strike, folder) if point.who in whose]
        file = folder / "drill.yaml"
        file.write_text(text(strike))
        (drill,) = drillfile.read_all([file], folder)
    plan = planner.plan(drill, REFERENCE, world="docker", seed=1, trials=1, defect="")
    job = run.Job(plan=a_trial_each(plan, where), command="", images=images([plan.target]))
    (result,) = run.run(
        [job], out=out, deadline_s=None, open_world=containers([plan], keep=False), audience=_Quiet()
    )
    print(f"{strike}, {', '.join(whose)}: {result.folder} {result.problem}")
    if result.verdict is None:
        return 1
    return _shown(strike, where, result.verdict)


def _shown(strike: Strike, where: list[Point], verdict: Verdict) -> int:
    trials = {trial.trial: trial for trial in verdict.trials}
    for number, point in enumerate(where, 1):
        act = f"{point.side} it {point.act} {point.what}"
        print(f"{strike:8} {point.who:10} {act:40} {_became(trials.get(number))}")
    for finding in verdict.findings:
        if finding.judgement != "pass":
            print(f"{finding.judgement} {finding.measure}: {finding.measured} {finding.evidence[:5]}")
    return int(verdict.judgement == "fail")


def _became(trial: TrialMeasures | None) -> str:
    if trial is None:
        return "not run"
    gap = trial.outage_gap
    lost = trial.lost_before_fault + trial.lost_after_fault
    gap_s = "never" if gap is None or gap.value is None else f"{gap.value:.2f} s"
    harm = f"{lost} lost, {trial.stale_reads} stale, {trial.split_brain_low_s:g} s of two primaries"
    return f"{trial.failovers} failovers, served again after {gap_s}, {harm} {trial.void}"


if __name__ == "__main__":
    sys.exit(main())
