"""What is left of a run, however damaged: judged as far as it goes, and nothing for the damage alone.

A whole journal says what was true. A damaged one of the same run may prove less of it, and nothing else: it
never passes, and what it fails, the whole one fails too. A damaged plan is refused. Older ones cannot show
that they were altered, so of them only this is asked: no pass, and no mistake of ours.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from msgspec import Struct

from harness import runfolder
from harness.cli.streams import drawn
from harness.model.errors import HarnessError
from harness.model.plan import PlanFile
from harness.model.verdict import Verdict
from harness.run import check
from reports.look import look_for
from reports.terminal import Report
from tests.journalfile.damage import aged, damaged
from tests.patience import patience
from tests.proof.found import Found
from tests.reports.examples import plan_file
from tests.worlds.simulator.rehearsals import DRILLS, planned, run

# The drill, what is broken in its target, and for how many trials.
RUNS = (
    ("kill-primary", "", 1),
    ("isolate-primary", "no-lease-check", 1),
    ("isolate-primary-async", "", 2),
    ("kill-primary", "", 3),
    ("switchover", "", 1),
    ("takeover-after-seal", "", 1),
    ("two-of-three", "", 1),
    ("double-failover", "reads-local-records", 1),
    ("fence-lying-async", "", 1),
    ("blind-witness", "lone-witness-decides", 1),
)
_OLDER_EVERY, _PLAN_EVERY = 11, 13


class Stored(Struct, frozen=True):
    """A run as it was left: its files, and what is true of it."""

    plan: bytes
    journal: bytes
    verdict: Verdict

    @property
    def fails(self) -> set[str]:
        return _failing(self.verdict)


def looked_at(number: int) -> Found:
    """The run of this number, damaged by it, checked and reported."""
    stored, draw = stored_run(number % len(RUNS)), Random(f"damage {number}")
    older, of_plan = number % _OLDER_EVERY == 0, number % _PLAN_EVERY == 0
    before = stored.plan if of_plan else aged(stored.journal) if older else stored.journal
    how, after = damaged(draw, before)
    if after == before and not older:
        return Found("untouched")
    plan, journal = (after, stored.journal) if of_plan else (stored.plan, after)
    called = f"run {number} ({RUNS[number % len(RUNS)][0]}{', older' * older}{', its plan' * of_plan}: {how})"
    return _judged(plan, journal, called, may_fail=None if older else stored.fails)


def _judged(plan: bytes, journal: bytes, called: str, *, may_fail: set[str] | None) -> Found:
    folder = _folder()
    (folder / runfolder.PLAN).write_bytes(plan)
    (folder / runfolder.JOURNAL).write_bytes(journal)
    try:
        with patience():
            result = check(folder)
            assert result.file is not None and result.verdict is not None
            drawn(Report(result.file, result.verdict, folder="", look=look_for("utf-8")), io.StringIO())
    except HarnessError as error:
        told = f"{error}".startswith(f"{folder}") and f"{error}".isprintable()
        return Found("refused", () if told else (f"{called}: refused without its file: {error}",))
    except Exception as error:
        return Found("broken", (f"{called}: {type(error).__name__}: {error}",))
    return Found(result.verdict.judgement, tuple(_wrong(called, result.verdict, may_fail)))


def _wrong(called: str, verdict: Verdict, may_fail: set[str] | None) -> Iterator[str]:
    if verdict.judgement == "pass":
        yield f"{called}: passes"
    if any("crashed" in line for finding in verdict.findings for line in finding.evidence):
        yield f"{called}: a checker crashed"
    if may_fail is not None:
        yield from (f"{called}: fails {measure}" for measure in sorted(_failing(verdict) - may_fail))


def _failing(verdict: Verdict) -> set[str]:
    return {finding.measure for finding in verdict.findings if finding.judgement == "fail"}


@cache
def stored_run(index: int) -> Stored:
    name, defect, trials = RUNS[index]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        plan = planned(DRILLS / f"{name}.yaml", trials=trials, defect=defect)
        runfolder.write_plan(folder, PlanFile(plan=plan, provenance=plan_file().provenance))
        run(plan, folder / runfolder.JOURNAL)
        verdict = check(folder).verdict
        assert verdict is not None
        plan_text, journal = ((folder / file).read_bytes() for file in (runfolder.PLAN, runfolder.JOURNAL))
        return Stored(plan_text, journal, verdict)


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="failover-drill-"))
