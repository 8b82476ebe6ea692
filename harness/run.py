"""The workflow: drill by drill open a world, drive it, close it, judge the journal, hand the result over.

Judging reads the journal back from its file: what is not in there did not happen. Planning comes before
(harness.planner), so that every wrong input is known before anything starts; reporting comes after.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from harness import journalfile, runfolder
from harness.conductor import Progress
from harness.drive import StopReason, drive
from harness.interrupts import Interrupts
from harness.judge import judge
from harness.model.errors import ExitCode, HarnessError, JournalError
from harness.model.journal import Entry
from harness.model.plan import Plan, PlanFile
from harness.model.verdict import Verdict
from harness.provenance import provenance
from harness.seams import World

Say = Callable[[str], None]
OpenWorld = Callable[[Plan, Path, Say], World]

_BY_WEIGHT = (
    ExitCode.PASS,
    ExitCode.UNKNOWN,
    ExitCode.FAIL,
    ExitCode.BROKEN_SURROUNDINGS,
    ExitCode.WRONG_INPUT,
    ExitCode.HANGUP,
    ExitCode.INTERRUPTED,
    ExitCode.TERMINATED,
)
_OF_JUDGEMENT = {"pass": ExitCode.PASS, "fail": ExitCode.FAIL, "unknown": ExitCode.UNKNOWN}


class Audience(Protocol):
    """Who follows a run. Must not raise: a closed terminal is no reason to leave faults in force."""

    def say(self, text: str) -> None: ...
    def begin(self, file: PlanFile, folder: str) -> None: ...
    def told(self, entries: Sequence[Entry], moment: Callable[[], Progress]) -> None: ...
    def end(self) -> None: ...


class Job(Struct, frozen=True, kw_only=True):
    """A plan to run, the command that runs it again, and what it runs from: images, programs (name -> id)."""

    plan: Plan
    command: str
    images: dict[str, str]
    programs: dict[str, str] = {}


class Result(Struct, frozen=True, kw_only=True):
    """What became of one drill. No verdict: nothing to judge. problem: what broke; empty when nothing did."""

    plan: Plan
    exit_code: ExitCode
    folder: str = ""
    file: PlanFile | None = None
    verdict: Verdict | None = None
    problem: str = ""


class InternalError(HarnessError):
    """A mistake of ours; its traceback lies in a file."""


def run(
    jobs: Sequence[Job], *, out: Path, deadline_s: float | None, open_world: OpenWorld, audience: Audience
) -> Iterator[Result]:
    """Run the jobs in order, each result as it comes; a signal heals, cleans and ends it."""
    stop_at_s = float("inf") if deadline_s is None else time.monotonic() + deadline_s
    with Interrupts() as interrupts:
        for job in jobs:
            yield _Run(job, stop_at_s=stop_at_s, interrupts=interrupts, audience=audience).whole(
                out, open_world
            )
            if interrupts.asked:
                return


def check(folder: Path) -> Result:
    """Judge a stored run again, with the checkers of today. Raises JournalError when it is no run."""
    file = runfolder.read_plan(folder)
    verdict = judge(file.plan, _journal(folder / runfolder.JOURNAL))
    return Result(
        plan=file.plan,
        exit_code=_OF_JUDGEMENT[verdict.judgement],
        folder=str(folder),
        file=file,
        verdict=verdict,
    )


def _journal(path: Path) -> journalfile.Journal:
    """Of a run whose plan is there: a journal that nothing has reached is damaged, and no wrong file."""
    if path.is_file() and not path.stat().st_size:
        return journalfile.Journal((), ("it is empty: nothing of the run had reached the disk",), gaps=True)
    return journalfile.read(path)


def worst(codes: Sequence[ExitCode]) -> ExitCode:
    """Of several drills the worst counts; nothing at all proves nothing."""
    return max(codes, key=_BY_WEIGHT.index, default=ExitCode.UNKNOWN)


class _Run:
    """One job on its way. What breaks is kept, and never keeps the world from being closed."""

    def __init__(self, job: Job, *, stop_at_s: float, interrupts: Interrupts, audience: Audience) -> None:
        self._job, self._stop_at_s, self._interrupts, self._audience = job, stop_at_s, interrupts, audience
        self._folder: Path | None = None
        self._errors: list[HarnessError] = []

    def whole(self, out: Path, open_world: OpenWorld) -> Result:
        """Everything that a drill is, from its folder to its verdict."""
        if time.monotonic() >= self._stop_at_s:
            return self._result(None, late="not run: the deadline had passed")
        with self._caught():
            self._folder = runfolder.make(out, self._job.plan.drill, datetime.now(UTC))
            self._write_plan(since_origin_s=0.0)
            self._perform(self._folder, open_world)
        return self._judged()

    def _perform(self, folder: Path, open_world: OpenWorld) -> None:
        with journalfile.Writer(folder / runfolder.JOURNAL) as journal:
            self._interrupts.doing = "starting the stack"
            world = open_world(self._job.plan, folder, self._say_or_stop)
            try:
                file = self._write_plan(since_origin_s=world.now_s())
                self._audience.begin(file, str(folder))
                self._interrupts.doing = "healing faults"
                with self._caught():
                    drive(self._job.plan, world, journal, stop=self._stop, told=self._audience.told)
            finally:
                self._audience.end()
                self._interrupts.doing = "removing what was started"
                with self._caught():
                    world.close()

    def _judged(self) -> Result:
        result = None
        self._interrupts.doing = "judging the journal"
        with self._caught():
            result = self._checked()
            if self._folder is not None and result is not None and result.verdict is not None:
                runfolder.write_verdict(self._folder, result.verdict)
        return self._result(result)

    def _checked(self) -> Result | None:
        """What was written before something broke is judged all the same, if it is a journal at all."""
        if self._folder is None or not (self._folder / runfolder.JOURNAL).exists():
            return None
        try:
            return check(self._folder)
        except JournalError:
            if self._errors:
                return None
            raise

    def _result(self, judged: Result | None, late: str = "") -> Result:
        codes = [judged.exit_code] if judged else [ExitCode.UNKNOWN]
        codes += [error.exit_code for error in self._errors]
        if self._interrupts.asked:
            codes.append(self._interrupts.exit_code)
        return Result(
            plan=self._job.plan,
            exit_code=worst(codes),
            folder=str(self._folder or ""),
            file=judged.file if judged else None,
            verdict=judged.verdict if judged else None,
            problem="\n".join(dict.fromkeys(map(str, self._errors))) or late,
        )

    def _write_plan(self, *, since_origin_s: float) -> PlanFile:
        job = self._job
        made = provenance(
            command=job.command, images=job.images, programs=job.programs, since_origin_s=since_origin_s
        )
        file = PlanFile(plan=self._job.plan, provenance=made)
        assert self._folder is not None
        runfolder.write_plan(self._folder, file)
        return file

    def _stop(self) -> StopReason | None:
        if self._interrupts.asked:
            return "interrupted"
        return "deadline" if time.monotonic() >= self._stop_at_s else None

    def _say_or_stop(self, text: str) -> None:
        """A start tells what it does; that is where it can be interrupted between two of its steps."""
        self._audience.say(text)
        if self._interrupts.asked and self._interrupts.doing == "starting the stack":
            self._interrupts.doing = "removing what was started"
            raise HarnessError(f"{self._interrupts.name} came while the stack was starting")

    @contextmanager
    def _caught(self) -> Iterator[None]:
        try:
            yield
        except HarnessError as error:
            self._errors.append(error)
        except Exception as error:
            self._errors.append(internal(error, self._folder))


def internal(error: BaseException, folder: Path | None) -> InternalError:
    """One line for a person; the traceback goes into the run's folder, else into a temporary file."""
    where = runfolder.write_internal_error(error, folder)
    return InternalError(f"internal error ({type(error).__name__}: {error}); please report it, with {where}")
