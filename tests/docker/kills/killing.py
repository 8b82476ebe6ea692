"""One case: a run, one SIGKILL at a moment drawn by chance, and what becomes of it all.

It must never pass, unless everything had been measured and removed before; and `clean` must leave nothing.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import docker
from msgspec import Struct, structs

from harness.worlds.docker.stack import engine, orphans
from harness.worlds.owned import processes
from tests.docker.inside import left_of
from tests.docker.kills.struckrun import ENDS_WITHIN_S, WHOLE_S, StruckRun, asked, struck_run
from tests.docker.kills.victims import VICTIMS, Of, Victim

_POLL_S = 0.05
# From the end of the last trial to that of the run.
REMOVES_S = 4.0
NOBODY = "nobody: over before"


class Killed(Struct, frozen=True, kw_only=True):
    """What became of one run. at_s: since its start. doing: what the harness had told last.

    over: nobody needed the victim any more. exit_code: the harness's, negative where a signal ended it.
    checked: of `check`, None where there was nothing to check. left: things and processes once all had ended,
    before `clean`. wrong: a line for each thing that must not be.
    """

    number: int
    at_s: float
    doing: str
    victim: str
    over: bool
    exit_code: int
    checked: int | None
    left: int
    seconds: float
    wrong: tuple[str, ...]


def kill_once(of: Of, number: int, folder: Path, *, latest_s: float = WHOLE_S) -> Killed:
    """folder: a new one. Whatever is left is removed before this returns."""
    draw = Random(f"{of} {number}")
    at_s = draw.uniform(0.0, latest_s)
    client = engine.connect()
    try:
        with struck_run(folder, number) as run:
            struck = _strike(of, run, draw, at_s, client)
            exit_code = run.process.wait(timeout=ENDS_WITHIN_S)
        if of == "engine":
            assert asked("setup", "--all", "--world", "docker") == 0, "the engine did not come up again"
        return structs.replace(_became(run, struck, exit_code, client), number=number)
    finally:
        client.close()


class _Struck(Struct, frozen=True):
    at_s: float
    doing: str
    victim: str
    over: bool


def _strike(of: Of, run: StruckRun, draw: Random, at_s: float, client: docker.DockerClient) -> _Struck:
    if of == "removal":
        run.wait(lambda: run.measured)
        time.sleep(draw.uniform(0.0, REMOVES_S))
    else:
        run.wait(lambda: run.since_s >= at_s and (of == "harness" or run.known()))
    victim = _found(of, run, draw, client)
    # Who measures has done so by the end of the last trial; the harness has what was started removed, too.
    over = run.closed if of in ("harness", "removal") else run.measured
    doing = run.doing
    if victim is None or run.over:
        return _Struck(run.since_s, doing, NOBODY, over)
    with suppress(ProcessLookupError):
        os.kill(victim.pid, signal.SIGKILL)
    struck = _Struck(run.since_s, doing, victim.name, over)
    if of == "reaper" and draw.random() < 0.5:
        # Nobody is left who would remove anything.
        time.sleep(draw.uniform(0.0, 1.0))
        run.process.kill()
        return structs.replace(struck, victim="reaper, then harness")
    return struck


def _found(of: Of, run: StruckRun, draw: Random, client: docker.DockerClient) -> Victim | None:
    """Once there is one; None when the run ends before."""
    victim = None
    while victim is None and not run.over:
        victim = VICTIMS[of](run, draw, client)
    return victim


def _became(run: StruckRun, struck: _Struck, exit_code: int, client: docker.DockerClient) -> Killed:
    run.known()
    _until_gone(run.reaper)
    left = [*_left(run, client)]
    checked = asked("check", f"{run.folder}") if run.folder else None
    cleaned = asked("clean")
    return Killed(
        number=0,
        at_s=round(struck.at_s, 2),
        doing=struck.doing,
        victim=struck.victim,
        over=struck.over,
        exit_code=exit_code,
        checked=checked,
        left=len(left),
        seconds=round(run.since_s, 1),
        wrong=tuple(_wrong(struck, exit_code, checked, cleaned, [*_left(run, client)])),
    )


def _wrong(
    struck: _Struck, exit_code: int, checked: int | None, cleaned: int, left: list[str]
) -> Iterator[str]:
    if struck.victim != NOBODY and not struck.over and 0 in (exit_code, checked):
        yield f"it passed: run {exit_code}, check {checked}"
    if checked is not None and checked not in (0, 1, 2, 4):
        yield f"check ended with {checked}"
    if cleaned:
        yield f"clean ended with {cleaned}"
    if left:
        yield f"after clean there are {', '.join(left)}"


def _left(run: StruckRun, client: docker.DockerClient) -> Iterator[str]:
    if not run.id and run.folder and (run.folder / "compose.yaml").exists():
        yield "what nobody looked for: its id was never seen"
    if run.id:
        yield from left_of(client, run.id)
        forgotten = (orphan for orphan in orphans.orphans(client) if orphan.run_id == run.id)
        yield from (f"process {orphan.pid}, a forgotten container's" for orphan in forgotten)
    if run.reaper and processes.started_ticks(run.reaper) is not None:
        yield f"process {run.reaper}, the reaper"
    for pid in processes.working_for(run.id) if run.id else ():
        yield f"process {pid}, which works for it"


def _until_gone(pid: int) -> None:
    give_up_s = time.monotonic() + ENDS_WITHIN_S
    while pid and processes.started_ticks(pid) is not None and time.monotonic() < give_up_s:
        time.sleep(_POLL_S)
