"""`python -m tests.proof soak`: what grows in one warm stack, and do its times drift?

What is told: memory, open files, threads of the harness and of each host, a look a trial, and their growth;
the journal's size; and of each measured time how much it changed from the first trial to the last. What is a
leak, and what a drift, stands in tests.proof.growth and .drift. Exit code 1: there is one, a trial is
missing, or a promise was broken that no time is part of; 4: drift cannot be told. One stack from the first
trial to the last cannot be gone on with; `--again FOLDER` judges one that was made before.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness.worlds.docker.stack import engine
from tests.docker.kills.struckrun import ROOT, command
from tests.proof import looks, soaked
from tests.proof.footprint import Look, of_containers, of_local_hosts, of_process

_LOOK_EVERY_S = 0.5
_TRIAL = re.compile(r"trial (\d+)/")


def main(words: Sequence[str], *, folder: Path = Path("runs")) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof soak", description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="in one warm stack (200; some 17 minutes)")
    parser.add_argument("--drill", default="kill-primary", help="another one than kill-primary")
    parser.add_argument("--world", default="docker", choices=["docker", "processes"])
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="judge this one, and run none")
    args = parser.parse_args(words)
    if args.again:
        return soaked.told(args.again)
    out = folder / f"proof-soak-{args.world}-{time.strftime('%H-%M-%S', time.gmtime())}"
    out.mkdir(parents=True)
    with _look(args.world) as look:
        _run(
            ["run", args.drill, "--trials", f"{args.trials}", "--seed", "1", "--world", args.world], out, look
        )
    return soaked.told(out)


@contextmanager
def _look(world: str) -> Iterator[Look]:
    if world == "processes":
        yield of_local_hosts
        return
    client = engine.connect()
    try:
        yield lambda run: of_containers(client, run)
    finally:
        client.close()


def _run(words: Sequence[str], out: Path, look: Look) -> None:
    """While it goes on it is looked at from outside."""
    told = out / "told"
    with told.open("w") as error, (out / "report").open("w") as report:
        process = subprocess.Popen(command(*words, "--out", f"{out}"), cwd=ROOT, stdout=report, stderr=error)
    try:
        looked_at = 0
        while process.poll() is None:
            time.sleep(_LOOK_EVERY_S)
            trial = max(map(int, _TRIAL.findall(told.read_text())), default=0)
            if trial > looked_at:
                looked_at = trial
                (run,) = out.glob("*/")
                looks.keep(
                    out / soaked.LOOKS, looks.seen(trial, {"harness": of_process(process.pid)} | look(run))
                )
    finally:
        process.terminate()
        process.wait()
