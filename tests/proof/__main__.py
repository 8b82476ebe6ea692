"""Runs proofs, one after the other; exit code 1 where one found something."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.proof.kept import Case, Kept, sources
from tests.proof.proofs import CASES, PROOFS

_LINE_EVERY_S = 20.0


def main(words: Sequence[str] | None = None, *, folder: Path = Path("runs")) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description="Long runs, resumable.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROOFS)}; default all")
    parser.add_argument("--cases", type=int, default=CASES, help=f"how many of each ({CASES})")
    args = parser.parse_args(words)
    unknown = [name for name in args.names if name not in PROOFS]
    if unknown:
        parser.error(f"there is no proof '{unknown[0]}'; there are {', '.join(PROOFS)}")
    bad = [_proven(name, args.cases, folder) for name in args.names or PROOFS]
    return 1 if any(bad) else 0


def _proven(name: str, cases: int, folder: Path) -> int:
    """How many cases were wrong."""
    what, check = PROOFS[name]
    kept = Kept(folder / f"proof-{name}.jsonl", sources())
    done = {number: case for number, case in kept.cases().items() if number < cases}
    resumed = f", {len(done)} of them done before" if done else ""
    print(f"{name}: {cases} {what}{resumed}", file=sys.stderr, flush=True)
    told_s = time.monotonic()
    for number in (n for n in range(cases) if n not in done):
        done[number] = Case(number, tuple(check(number)))
        kept.keep(done[number])
        if time.monotonic() - told_s > _LINE_EVERY_S:
            told_s = time.monotonic()
            print(f"  {len(done)} of {cases}", file=sys.stderr, flush=True)
    wrong = [case for case in done.values() if case.wrong]
    print(f"{name}: {len(done)} {what}: {len(wrong)} wrong")
    for case in wrong[:10]:
        print(f"  {case.wrong[0]}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
