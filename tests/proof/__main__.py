"""Runs proofs, one after the other; exit code 1 where one found something."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

from tests.proof.kept import Case, Kept, sources
from tests.proof.proofs import PROOFS, Proof

_LINE_EVERY_S = 20.0
_SHOWN_MAX = 10
_MORE = "kills, search, soak and sweep have words of their own: `python -m tests.proof kills --help`"
# With words of their own; each says in its docstring what it does.
_PROGRAMS = ("kills", "search", "soak", "sweep")


def main(words: Sequence[str] | None = None, *, folder: Path = Path("runs")) -> int:
    words = [*(sys.argv[1:] if words is None else words)]
    if words and words[0] in _PROGRAMS:
        program = import_module(f"tests.proof.{words[0]}")
        return int(program.main(words[1:], folder=folder))
    parser = argparse.ArgumentParser(
        prog="python -m tests.proof", description="Long runs, resumable.", epilog=_MORE
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROOFS)}; default all")
    parser.add_argument("--cases", type=int, help="how many of each; default as many as each has")
    args = parser.parse_args(words)
    unknown = [name for name in args.names if name not in PROOFS]
    if unknown:
        parser.error(f"there is no proof '{unknown[0]}'; there are {', '.join(PROOFS)}")
    bad = [_proven(name, args.cases or PROOFS[name].cases, folder) for name in args.names or PROOFS]
    return 1 if any(bad) else 0


def _proven(name: str, cases: int, folder: Path) -> int:
    """How many cases were wrong."""
    proof = PROOFS[name]
    with Kept(folder / f"proof-{name}.jsonl", sources(), Case) as kept:
        done = {number: case for number, case in kept.cases().items() if number < cases}
        resumed = f", {len(done):,} of them done before" if done else ""
        print(f"{name}: {cases:,} {proof.what}{resumed}", file=sys.stderr, flush=True)
        told_s = time.monotonic()
        for number in (n for n in range(cases) if n not in done):
            done[number] = _case(proof, number)
            kept.keep(done[number])
            if time.monotonic() - told_s > _LINE_EVERY_S:
                told_s = time.monotonic()
                print(f"  {len(done):,} of {cases:,}", file=sys.stderr, flush=True)
    return _told(name, proof, done.values())


def _case(proof: Proof, number: int) -> Case:
    began_s = time.monotonic()
    found = proof.check(number)
    took_s = round(time.monotonic() - began_s, 6)
    return Case(number, found.wrong, found.came_to, took_s)


def _told(name: str, proof: Proof, cases: Iterable[Case]) -> int:
    """The figure, and the first of what is wrong."""
    cases = list(cases)
    wrong = [case for case in cases if case.wrong]
    came_to = Counter(case.came_to for case in cases if case.came_to)
    sorts = "".join(f", {count:,} {word}" for word, count in sorted(came_to.items()))
    took_s = sum(case.seconds for case in cases)
    print(f"{name}: {len(cases):,} {proof.what}: {len(wrong):,} wrong{sorts}; {took_s:,.0f} s")
    for case in wrong[:_SHOWN_MAX]:
        print(f"  {case.wrong[0]}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
