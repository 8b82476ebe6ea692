"""search: random schedules in the simulator; counted, reported, reduced to drill files."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from harness.cli.arguments import Namespace, nearest
from harness.cli.drills import find_target
from harness.cli.streams import look, progress, show, write_error, write_out
from harness.model.errors import DrillError, ExitCode
from harness.search.crew import Field, cores
from harness.search.hunt import Summary, hunt, reduced, summary
from harness.search.results import Asked, Folder, Result
from reports import searched
from reports.machine import encode
from targets.registry import SIMULATED, TARGETS


def search(args: Namespace) -> ExitCode:
    """Exit code 0: none violates; 1: at least one does; 4: too few of them counted to say so."""
    folder = Folder.resumed(Path(args.resume)) if args.resume else Folder.new(_out(args), _asked(args))
    began_s, results, violating = time.monotonic(), list[Result](), 0
    try:
        with progress(folder.asked.schedules, f"search into {folder.path}") as told:
            for result in hunt(folder, field_of, workers=args.workers or cores()):
                results.append(result)
                violating += result.outcome.kind == "violation"
                told(len(results), violating)
    except KeyboardInterrupt:
        write_error(f"failover-drill: stopped after {len(results)}; --resume {folder.path} goes on\n")
        return ExitCode.INTERRUPTED
    finally:
        folder.close()
    return _close(args, folder, summary(folder.asked.schedules, results), time.monotonic() - began_s)


def field_of(target: str) -> Field:
    """For a new process, too."""
    return Field(TARGETS[target], SIMULATED[target])


def _asked(args: Namespace) -> Asked:
    target = find_target(args.target or "reference")
    if target.name not in SIMULATED:
        raise DrillError(f"the target '{target.name}' cannot be simulated, so it cannot be searched")
    if args.defect and args.defect not in target.defects():
        raise DrillError(f"unknown defect '{args.defect}'{nearest(args.defect, target.defects())}")
    return Asked(
        target=target.name, seed=args.seed, schedules=args.schedules, defect=args.defect, all=args.all
    )


def _out(args: Namespace) -> Path:
    return Path(args.out or f"runs/{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}-search")


def _close(args: Namespace, folder: Folder, told: Summary, took_s: float) -> ExitCode:
    if told.violations:
        write_error("reducing what was found …\n")
    found = [*reduced(folder, field_of, told.violations)]
    code = _exit_code(told)
    if args.json:
        write_out(encode({"exit_code": code, "summary": told, "found": found, "folder": f"{folder.path}"}))
    else:
        show(searched.report(_page(folder, told, took_s), [(f.name, f.command) for f in found], look()))
    return code


def _exit_code(told: Summary) -> ExitCode:
    """Most of what was asked for must have counted: what never bit proves nothing."""
    if told.violations:
        return ExitCode.FAIL
    return ExitCode.PASS if 2 * told.sound > told.of else ExitCode.UNKNOWN


def _page(folder: Folder, told: Summary, took_s: float) -> searched.Page:
    asked = folder.asked
    defect = f", defect {asked.defect}" if asked.defect else ""
    return searched.Page(
        title=f"search on {asked.target}, seed {asked.seed}{defect}",
        schedules=told.of,
        played=told.played,
        sound=told.sound,
        uncounted=told.uncounted,
        violations=[(v.number, v.outcome.name, v.outcome.broken[0].detail) for v in told.violations],
        virtual_s=told.virtual_s,
        took_s=took_s,
        hits=told.coverage.hits,
        edges=told.coverage.edges,
        folder=f"{folder.path}",
    )
