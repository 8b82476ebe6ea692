"""`python -m tests.proof kills --of harness --times 50`: a table of what became of each. Needs the engine.

It goes on where it was stopped; `--for 4m` ends it after the case that is running then.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from harness.model.units import seconds
from tests.docker.kills.killing import NOBODY, Killed, kill_once
from tests.docker.kills.struckrun import asked, whole_run
from tests.docker.kills.victims import VICTIMS, Of
from tests.proof.kept import Kept, sources


def main(words: Sequence[str], *, folder: Path = Path("runs")) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof kills", description=__doc__)
    parser.add_argument("--of", choices=[*VICTIMS], required=True, help="whom SIGKILL strikes")
    parser.add_argument("--times", type=int, default=50, help="how often (50)")
    parser.add_argument("--for", dest="within_s", type=seconds, default=float("inf"), help="like 4m")
    args = parser.parse_args(words)
    of, place = cast(Of, args.of), folder / f"proof-kills-{args.of}"
    with Kept(folder / f"proof-kills-{of}.jsonl", sources(), Killed) as kept:
        done = {number: one for number, one in kept.cases().items() if number < args.times}
        stop_at_s = time.monotonic() + args.within_s
        for number in (n for n in range(args.times) if n not in done):
            if time.monotonic() > stop_at_s:
                break
            done[number] = kill_once(of, number, _new(place / f"{number}"))
            kept.keep(done[number])
            print(f"  {of} {number}: {_line(done[number])}", file=sys.stderr, flush=True)
    return _told(of, done.values(), after=_next(place))


def _new(folder: Path) -> Path:
    """What a case that was broken off had begun is none of the next."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def _next(place: Path) -> int:
    """The exit code of a whole run after all that; nothing of theirs may be in its way."""
    assert asked("clean") == 0
    return whole_run(_new(place / "next"))


def _line(one: Killed) -> str:
    said = "; ".join(one.wrong) or "well"
    return (
        f"{one.victim} at {one.at_s:.2f} s: run {one.exit_code}, check {one.checked}, left {one.left}: {said}"
    )


def _told(of: Of, cases: Collection[Killed], *, after: int) -> int:
    shown = Table("at", "while it told", "struck", title=f"SIGKILL of the {of}")
    for column in ("run ended with", "check ends with", "left before clean", "seconds"):
        shown.add_column(column, justify="right")
    shown.add_column("wrong")
    for one in sorted(cases, key=lambda one: one.at_s):
        shown.add_row(
            f"{one.at_s:.1f} s",
            f"{one.doing[:60]}{' (all over)' if one.over else ''}",
            one.victim,
            f"{one.exit_code}",
            "-" if one.checked is None else f"{one.checked}",
            f"{one.left}",
            f"{one.seconds:.0f}",
            "; ".join(one.wrong),
        )
    Console(width=160).print(shown)
    struck = sum(one.victim != NOBODY for one in cases)
    wrong = sum(bool(one.wrong) for one in cases)
    took_s = sum(one.seconds for one in cases)
    told = f"{of}: {len(cases)} runs, {struck} struck: {wrong} wrong; {took_s:.0f} s"
    print(f"{told}; the next run ended with {after}")
    return 1 if wrong or after else 0
