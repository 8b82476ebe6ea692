"""Whole runs in memory: from a plan to an exit code, whatever breaks on the way."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness import journalfile, runfolder
from harness import run as workflow
from harness.conductor import Progress
from harness.model.errors import ExitCode, JournalError, WorldError
from harness.model.journal import Entry, RunEnded, TrialEnded
from harness.model.plan import Plan, PlanFile
from harness.run import Job, Result
from tests.checkers.journals import client, expect, plan
from tests.run.memoryworld import MemoryWorld

EXPECTED = (
    expect("detection_time", None),
    expect("outage", 0.3),
    expect("rejoin_time", 0.5),
    expect("lost_writes", None),
    expect("split_brain"),
    expect("stale_reads"),
    expect("false_failovers"),
    expect("failovers", 1, at_least=True),
)
PLAN = plan(*EXPECTED, clients=(client("client1", writers=2), client("client2")))

AtTurn = Callable[[MemoryWorld, int], None]


class Listener:
    """An audience that keeps what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.entries: list[Entry] = []
        self.moments: list[Progress] = []
        self.begun: list[PlanFile] = []
        self.ended = 0

    def say(self, text: str) -> None:
        self.said.append(text)

    def begin(self, file: PlanFile, folder: str) -> None:
        self.begun.append(file)

    def told(self, entries: Sequence[Entry], moment: Callable[[], Progress]) -> None:
        self.entries += entries
        self.moments.append(moment())

    def end(self) -> None:
        self.ended += 1


class Stage:
    """Runs jobs in memory; keeps the worlds that were opened."""

    def __init__(self, out: Path) -> None:
        self.out, self.listener = out, Listener()
        self.worlds: list[MemoryWorld] = []

    def play(
        self,
        *plans: Plan,
        at_turn: AtTurn = lambda world, turn: None,
        deadline_s: float | None = None,
        open_world: Any = None,
    ) -> list[Result]:
        def opened(of: Plan, folder: Path, say: workflow.Say) -> MemoryWorld:
            world = MemoryWorld(of, at_turn=lambda turn: at_turn(world, turn))
            self.worlds.append(world)
            return world

        jobs = [Job(plan=each, command="failover-drill run …", images={}) for each in plans or (PLAN,)]
        return list(
            workflow.run(
                jobs,
                out=self.out,
                deadline_s=deadline_s,
                open_world=open_world or opened,
                audience=self.listener,
            )
        )

    def once(self, **how: Any) -> Result:
        (result,) = self.play(**how)
        return result

    @property
    def world(self) -> MemoryWorld:
        (world,) = self.worlds
        return world


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "runs")


def end_of(result: Result) -> RunEnded | None:
    entries = journalfile.read(Path(result.folder) / runfolder.JOURNAL).entries
    return next((entry for entry in entries if isinstance(entry, RunEnded)), None)


def turns_of_a_good_run(tmp_path: Path) -> int:
    good = Stage(tmp_path / "good")
    assert good.once().exit_code is ExitCode.PASS
    return good.world.turns


def at(turn: int, act: Callable[[MemoryWorld], object]) -> AtTurn:
    def at_turn(world: MemoryWorld, now: int) -> None:
        if now == turn:
            act(world)

    return at_turn


def throw(error: Exception) -> Callable[[MemoryWorld], None]:
    def act(_: MemoryWorld) -> None:
        raise error

    return act


# --- a good run -----------------------------------------------------------------------------------------


def test_a_good_run_passes_and_leaves_everything_in_its_folder(stage: Stage) -> None:
    result = stage.once()
    assert result.verdict is not None
    assert [f for f in result.verdict.findings if f.judgement != "pass"] == []
    assert (result.exit_code, result.problem) == (ExitCode.PASS, "")
    folder = Path(result.folder)
    assert sorted(path.name for path in folder.iterdir()) == ["journal.jsonl", "plan.json", "verdict.json"]
    assert runfolder.read_verdict(folder) == result.verdict
    assert runfolder.read_plan(folder).plan == PLAN


def test_the_world_is_closed_once_and_no_fault_is_left_in_force(stage: Stage) -> None:
    stage.once()
    assert (stage.world.closed, stage.world.faults, stage.world.healed) == (1, {}, ["t1.s1"])


def test_the_audience_hears_every_entry_of_the_journal_in_order(stage: Stage) -> None:
    result = stage.once()
    assert tuple(stage.listener.entries) == journalfile.read(Path(result.folder) / "journal.jsonl").entries
    assert (len(stage.listener.begun), stage.listener.ended) == (1, 1)
    assert {moment.primary for moment in stage.listener.moments} >= {"n1", "n2"}


def test_a_violation_fails(stage: Stage) -> None:
    def forget(world: MemoryWorld) -> None:
        world.forgets.add("t1.client1.0.0")

    result = stage.once(at_turn=at(2, forget))
    assert result.exit_code is ExitCode.FAIL


def test_several_drills_come_one_by_one_and_a_failure_keeps_none_from_running(stage: Stage) -> None:
    first, second = stage.play(PLAN, PLAN, at_turn=at(3, lambda world: _break_first(stage, world)))
    assert (first.exit_code, second.exit_code) == (ExitCode.BROKEN_SURROUNDINGS, ExitCode.PASS)
    assert first.folder != second.folder


def _break_first(stage: Stage, world: MemoryWorld) -> None:
    if world is stage.worlds[0]:
        raise WorldError("the engine went away; start it again")


# --- what breaks ----------------------------------------------------------------------------------------


def test_a_world_that_breaks_at_any_turn_is_closed_judged_and_told(tmp_path: Path) -> None:
    turns = turns_of_a_good_run(tmp_path)
    for turn in range(1, turns + 1):
        stage = Stage(tmp_path / f"{turn}")
        result = stage.once(at_turn=at(turn, throw(WorldError("the engine went away; start it again"))))
        assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
        assert result.problem == "the engine went away; start it again"
        assert stage.world.closed == 1
        assert result.verdict is not None
        assert result.verdict.judgement == "unknown"
        end = end_of(result)
        assert end is not None
        assert (end.reason, end.detail) == ("world broke", "the engine went away; start it again")


def test_a_mistake_of_ours_at_any_turn_is_one_line_and_its_traceback_a_file(tmp_path: Path) -> None:
    turns = turns_of_a_good_run(tmp_path)
    for turn in range(1, turns + 1, 5):
        stage = Stage(tmp_path / f"{turn}")
        result = stage.once(at_turn=at(turn, throw(ZeroDivisionError("of ours"))))
        assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
        assert result.problem.startswith(
            "internal error (ZeroDivisionError: of ours); please report it, with "
        )
        assert "\n" not in result.problem
        (file,) = Path(result.folder).glob("internal-error-*.txt")
        assert "Traceback" in file.read_text()
        assert stage.world.closed == 1


def test_a_world_that_is_gone_takes_no_command_and_that_is_told_once(stage: Stage) -> None:
    result = stage.once(at_turn=at(5, lambda world: setattr(world, "gone", True)))
    assert result.problem == "the engine went away; start it again"
    assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS


def test_a_world_that_does_not_open_is_told_and_there_is_nothing_to_close(stage: Stage) -> None:
    def refuse(*_: object) -> MemoryWorld:
        raise WorldError("no engine answers; start Docker")

    result = stage.once(open_world=refuse)
    assert (result.exit_code, result.problem) == (
        ExitCode.BROKEN_SURROUNDINGS,
        "no engine answers; start Docker",
    )
    assert result.verdict is not None
    assert result.verdict.judgement == "unknown"


def test_a_world_that_does_not_close_is_told_though_the_drill_passed(stage: Stage) -> None:
    class Sticky(MemoryWorld):
        def close(self) -> None:
            raise WorldError("a container cannot be removed; failover-drill clean")

    result = stage.once(open_world=lambda of, folder, say: Sticky(of))
    assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
    assert result.problem == "a container cannot be removed; failover-drill clean"
    assert result.verdict is not None
    assert result.verdict.judgement == "pass"


@pytest.mark.parametrize(
    ("fails", "code", "problem"),
    [
        ("inject", ExitCode.UNKNOWN, ""),
        ("read", ExitCode.UNKNOWN, ""),
        ("heal", ExitCode.BROKEN_SURROUNDINGS, "t1.s1 could not be healed: it broke; the logs in the"),
        ("load", ExitCode.BROKEN_SURROUNDINGS, "the load of client1: it broke; the logs in the"),
    ],
)
def test_a_command_that_fails(stage: Stage, fails: str, code: ExitCode, problem: str) -> None:
    result = stage.once(at_turn=at(1, lambda world: world.fails.add(fails)))
    assert result.exit_code is code
    assert result.problem.startswith(problem)
    assert bool(result.problem) == bool(problem)
    assert stage.world.closed == 1


# --- the journal ----------------------------------------------------------------------------------------


def fill_the_disk(_: object = None) -> None:
    """From now on the journal's file takes nothing more."""
    for descriptor in Path("/proc/self/fd").iterdir():
        if descriptor.resolve().name == runfolder.JOURNAL:
            full = os.open("/dev/full", os.O_WRONLY)
            os.dup2(full, int(descriptor.name))
            os.close(full)


def test_a_journal_that_cannot_be_written_ends_the_run_at_any_turn_with_the_fix(tmp_path: Path) -> None:
    for turn in range(1, turns_of_a_good_run(tmp_path) + 1):
        stage = Stage(tmp_path / f"{turn}")
        result = stage.once(at_turn=at(turn, fill_the_disk))
        assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
        assert "No space left on device; free space" in result.problem
        assert "\n" not in result.problem
        assert stage.world.closed == 1
        assert result.verdict is not None
        assert result.verdict.judgement == "unknown"


def test_a_journal_that_is_none_does_not_hide_what_broke(stage: Stage) -> None:
    """As when the disk is full before its first line: not the person's input is wrong."""

    def empty_it(world: MemoryWorld) -> None:
        (folder,) = stage.out.iterdir()
        (folder / runfolder.JOURNAL).write_bytes(b"")
        fill_the_disk()

    result = stage.once(at_turn=at(1, empty_it))
    assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
    assert "is not a journal" not in result.problem


def test_a_folder_that_cannot_be_made_is_told_with_the_fix(stage: Stage) -> None:
    stage.out.write_text("a file")
    result = stage.once()
    assert result.exit_code is ExitCode.BROKEN_SURROUNDINGS
    assert "name another with --out DIR" in result.problem
    assert (result.folder, result.verdict, stage.worlds) == ("", None, [])


# --- signals and deadlines ------------------------------------------------------------------------------


def test_a_signal_at_any_turn_heals_what_was_injected_and_cleans(tmp_path: Path) -> None:
    turns = turns_of_a_good_run(tmp_path)
    for turn in range(1, turns, 2):
        stage = Stage(tmp_path / f"{turn}")
        result = stage.once(at_turn=at(turn, lambda _: signal.raise_signal(signal.SIGINT)))
        assert result.exit_code is ExitCode.INTERRUPTED
        end = end_of(result)
        assert end is not None
        assert end.reason == "interrupted"
        assert stage.world.closed == 1
        injected = [entry for entry in stage.listener.entries if type(entry).__name__ == "Applied"]
        assert len(stage.world.healed) == len(injected)
        assert result.verdict is not None
        assert result.verdict.judgement == "unknown"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED),
        (signal.SIGTERM, ExitCode.TERMINATED),
        (signal.SIGHUP, ExitCode.HANGUP),
    ],
)
def test_each_signal_has_its_exit_code(stage: Stage, number: signal.Signals, code: ExitCode) -> None:
    assert stage.once(at_turn=at(10, lambda _: signal.raise_signal(number))).exit_code is code


def test_after_a_signal_no_further_drill_begins(stage: Stage) -> None:
    results = stage.play(PLAN, PLAN, at_turn=at(10, lambda _: signal.raise_signal(signal.SIGINT)))
    assert len(results) == len(stage.worlds) == 1


def test_a_signal_outranks_what_breaks_because_of_it(stage: Stage) -> None:
    def interrupt_and_break(world: MemoryWorld) -> None:
        signal.raise_signal(signal.SIGTERM)
        world.gone = True

    result = stage.once(at_turn=at(10, interrupt_and_break))
    assert result.exit_code is ExitCode.TERMINATED
    assert result.problem == "the engine went away; start it again"


def test_a_world_that_is_silent_after_a_signal_is_given_half_a_minute(stage: Stage) -> None:
    def interrupt_and_fall_silent(world: MemoryWorld) -> None:
        signal.raise_signal(signal.SIGINT)
        world.silent = True

    result = stage.once(at_turn=at(25, interrupt_and_fall_silent))
    assert result.exit_code is ExitCode.INTERRUPTED
    assert stage.world.closed == 1
    assert 30.0 < stage.world.now_s() < 35.0
    end = end_of(result)
    assert end is not None
    assert (end.reason, end.detail) == ("world broke", "no answer to healing in 30 s")


def test_a_signal_while_the_stack_starts_ends_the_start(stage: Stage) -> None:
    def interrupted(of: Plan, folder: Path, say: workflow.Say) -> MemoryWorld:
        say("pulling images")
        signal.raise_signal(signal.SIGINT)
        say("starting containers")
        raise AssertionError("not reached")

    result = stage.once(open_world=interrupted)
    assert result.exit_code is ExitCode.INTERRUPTED
    assert result.problem == "SIGINT came while the stack was starting"
    assert stage.listener.said == ["pulling images", "starting containers"]


def test_a_deadline_heals_and_ends_the_run_and_skips_the_rest(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = [0.0]
    monkeypatch.setattr("harness.run.time.monotonic", lambda: time.perf_counter() + passed[0])
    results = stage.play(
        PLAN, PLAN, at_turn=at(25, lambda _: passed.append(passed.pop() + 1000)), deadline_s=500
    )
    first, second = results
    end = end_of(first)
    assert end is not None
    assert (end.reason, first.exit_code) == ("deadline", ExitCode.UNKNOWN)
    assert (second.exit_code, second.problem) == (ExitCode.UNKNOWN, "not run: the deadline had passed")
    assert stage.world.closed == 1


def test_a_deadline_of_nothing_runs_nothing(stage: Stage) -> None:
    result = stage.once(deadline_s=0.0)
    assert (result.exit_code, result.folder, stage.worlds) == (ExitCode.UNKNOWN, "", [])


# --- exit codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], ExitCode.UNKNOWN),
        ([ExitCode.PASS, ExitCode.PASS], ExitCode.PASS),
        ([ExitCode.PASS, ExitCode.UNKNOWN], ExitCode.UNKNOWN),
        ([ExitCode.UNKNOWN, ExitCode.FAIL], ExitCode.FAIL),
        ([ExitCode.FAIL, ExitCode.BROKEN_SURROUNDINGS], ExitCode.BROKEN_SURROUNDINGS),
        ([ExitCode.BROKEN_SURROUNDINGS, ExitCode.WRONG_INPUT], ExitCode.WRONG_INPUT),
        ([ExitCode.FAIL, ExitCode.INTERRUPTED], ExitCode.INTERRUPTED),
    ],
)
def test_of_several_the_worst_counts(codes: list[ExitCode], worst: ExitCode) -> None:
    assert workflow.worst(codes) is worst


# --- check ----------------------------------------------------------------------------------------------


def test_a_stored_run_is_judged_again_as_it_was(stage: Stage) -> None:
    result = stage.once()
    again = workflow.check(Path(result.folder))
    assert (again.verdict, again.exit_code) == (result.verdict, result.exit_code)


def test_a_damaged_one_is_unknown(stage: Stage) -> None:
    folder = Path(stage.once().folder)
    journal = folder / runfolder.JOURNAL
    journal.write_bytes(journal.read_bytes()[:-30])
    assert workflow.check(folder).exit_code is ExitCode.UNKNOWN


def test_a_run_that_was_killed_while_it_was_being_removed_does_not_pass_and_says_so(stage: Stage) -> None:
    """All had been measured; whether its faults and what it started are gone nobody had seen."""
    judged: list[Result] = []

    class Killed(MemoryWorld):
        def close(self) -> None:
            super().close()
            judged.append(workflow.check(next(stage.out.iterdir())))

    assert stage.once(open_world=lambda of, folder, say: Killed(of)).exit_code is ExitCode.PASS
    (before,) = judged
    assert before.exit_code is ExitCode.UNKNOWN and before.verdict is not None
    (unknown,) = (finding for finding in before.verdict.findings if finding.judgement != "pass")
    assert unknown.measure == "journal" and "the harness died before" in unknown.evidence[0]


def test_one_that_nothing_has_reached_is_unknown_and_does_not_end_what_follows(stage: Stage) -> None:
    folder = Path(stage.once().folder)
    (folder / runfolder.JOURNAL).write_bytes(b"")
    assert workflow.check(folder).exit_code is ExitCode.UNKNOWN


def test_unless_a_violation_is_proven_all_the_same(stage: Stage) -> None:
    folder = Path(stage.once(at_turn=at(2, lambda w: w.forgets.add("t1.client1.0.0"))).folder)
    journal = folder / runfolder.JOURNAL
    journal.write_bytes(journal.read_bytes()[:-30])
    assert workflow.check(folder).exit_code is ExitCode.FAIL


def test_what_is_no_run_is_wrong_input(tmp_path: Path, stage: Stage) -> None:
    with pytest.raises(JournalError) as caught:
        workflow.check(tmp_path)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT
    folder = Path(stage.once().folder)
    (folder / runfolder.JOURNAL).unlink()
    with pytest.raises(JournalError) as caught:
        workflow.check(folder)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT


def test_a_trial_that_was_played_is_marked_completed(stage: Stage) -> None:
    stage.once()
    assert [e.completed for e in stage.listener.entries if isinstance(e, TrialEnded)] == [True]
