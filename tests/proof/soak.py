"""`python -m tests.proof soak`: what grows in one warm stack, and do times drift? Needs the engine.

What is told: memory, open files and threads of the harness and of each container when the second trial begins
and when the last one does; the journal's size; and of each measured time its median in the first and in the
last quarter of the trials, with its exact interval. Intervals apart from each other are a drift, a file or
thread more with every fourth trial is a leak; both end with exit code 1, as does a run that did not pass.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import docker
import msgspec
from rich.console import Console
from rich.table import Table

from harness import runfolder
from harness.model.verdict import TrialMeasures, Verdict
from harness.worlds.docker.stack import engine
from tests.docker.kills.struckrun import ROOT, command
from tests.proof.drift import TIMES, Drift, drift
from tests.proof.footprint import Footprint, of_containers, of_process

_DRILL = "kill-primary"
_LOOK_EVERY_S = 1.0
_TRIAL = re.compile(r"trial (\d+)/")


class _Looks:
    """Footprints by who, of the first and the newest trial that was looked at."""

    def __init__(self) -> None:
        self.trial, self.first, self.last = 0, dict[str, Footprint](), dict[str, Footprint]()

    def at(self, trial: int, seen: dict[str, Footprint]) -> None:
        self.trial, self.last = trial, seen
        if trial <= 2:
            self.first = seen


def main(words: Sequence[str], *, folder: Path = Path("runs")) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof soak", description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="in one warm stack (200; 20 to 30 minutes)")
    parser.add_argument("--drill", default=_DRILL, help=f"another one than {_DRILL}")
    args = parser.parse_args(words)
    out, began_s = folder / f"proof-soak-{time.strftime('%H-%M-%S', time.gmtime())}", time.monotonic()
    looks = _Looks()
    exit_code = _run(args.drill, args.trials, out, looks)
    (run,) = out.glob(f"*/{runfolder.VERDICT}")
    verdict = msgspec.json.decode(run.read_bytes(), type=Verdict)
    made, took_s = len(verdict.trials), time.monotonic() - began_s
    print(f"soak: {made} trials of {args.drill} in {took_s:.0f} s, exit code {exit_code}")
    size = (run.parent / runfolder.JOURNAL).stat().st_size
    print(f"journal: {size / 1e6:.1f} MB, {size / max(made, 1) / 1e3:.0f} kB a trial")
    return 1 if any([exit_code, _grown(looks), _drifted(verdict.trials)]) else 0


def _run(drill: str, trials: int, out: Path, looks: _Looks) -> int:
    """The exit code of the run, while it is looked at from outside."""
    out.mkdir(parents=True)
    words = ["run", drill, "--trials", f"{trials}", "--seed", "1", "--out", f"{out}"]
    client = engine.connect()
    told, report = out / "told", out / "report"
    with told.open("w") as error, report.open("w") as output:
        process = subprocess.Popen(command(*words), cwd=ROOT, stdout=output, stderr=error)
    try:
        while process.poll() is None:
            time.sleep(_LOOK_EVERY_S)
            trial = _trial(told)
            if trial > looks.trial:
                looks.at(trial, dict(_seen(process.pid, out, client)))
        return process.returncode
    finally:
        process.terminate()
        process.wait()
        client.close()


def _trial(told: Path) -> int:
    return max(map(int, _TRIAL.findall(told.read_text())), default=0)


def _seen(pid: int, out: Path, client: docker.DockerClient) -> Iterator[tuple[str, Footprint]]:
    yield "harness", of_process(pid)
    for woven in out.glob("*/compose.yaml"):
        yield from of_containers(client, woven)


def _grown(looks: _Looks) -> bool:
    """Shows what was looked at; whether files or threads leak."""
    shown = Table("", title=f"when trial 2 began, and trial {looks.trial}")
    for column in ("memory", "then", "files", "then", "threads", "then"):
        shown.add_column(column, justify="right")
    leaks = False
    for who, first in looks.first.items():
        last = looks.last.get(who, first)
        shown.add_row(
            who,
            f"{first.memory_mb:.1f} MB",
            f"{last.memory_mb:.1f} MB",
            *map(str, (first.files, last.files, first.threads, last.threads)),
        )
        most = max(last.files - first.files, last.threads - first.threads)
        leaks = leaks or most > max(looks.trial / 4, 4)
    Console(width=110).print(shown)
    return leaks


def _drifted(trials: Sequence[TrialMeasures]) -> bool:
    found = [drift(name, trials) for name in TIMES]
    for one in found:
        print(f"{one.name}: first quarter {_told(one, 0)}, last quarter {_told(one, 1)}: {one.said}")
    return any(one.said == "drift" for one in found)


def _told(one: Drift, which: int) -> str:
    part = (one.first, one.last)[which]
    if part.low_s is None or part.high_s is None:
        return f"{part.median_s * 1000:.1f} ms"
    return f"{part.median_s * 1000:.1f} ms ({part.low_s * 1000:.1f} to {part.high_s * 1000:.1f})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
