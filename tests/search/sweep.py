"""How many schedules a search needs to find each defect: `python -m tests.search.sweep`, for `make proof`.

Each has a folder of its own, as `failover-drill search --defect NAME --out` makes it, and ends at the first
violation. What is there already is gone on with; so a sweep that was stopped comes to the same table. What
breaks safety has to be found (exit code 1); what costs time alone may need a drill with a bound.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from harness.model.proof import Breaks, Proof
from harness.search.crew import cores
from harness.search.hunt import hunt
from harness.search.results import FILE, Asked, Folder
from targets.reference.proofs import PROOFS
from tests.search.fields import field_of

SCHEDULES = 2000


class Swept(Struct, frozen=True, kw_only=True):
    """played: up to the one that violates, if one does. shows: what was broken; empty: not found."""

    defect: str
    breaks: Breaks
    played: int
    shows: tuple[str, ...] = ()

    @property
    def is_missed(self) -> bool:
        return self.breaks == "safety" and not self.shows

    def __str__(self) -> str:
        found = f"found in {self.played}" if self.shows else f"not found in {self.played}"
        return f"{self.defect:34} {self.breaks:9} {found:18} {', '.join(self.shows)}".rstrip()


def swept(
    names: Sequence[str],
    *,
    out: Path,
    schedules: int = SCHEDULES,
    seed: int = 1,
    workers: int = 1,
    proofs: Mapping[str, Proof] = PROOFS,
) -> Iterator[Swept]:
    """One defect after the other. Raises DrillError where another search lies in a folder."""
    for name in names:
        asked = Asked(target="reference", seed=seed, schedules=schedules, defect=name, all=False)
        folder = _folder(out / name, asked)
        with closing(folder):
            results = [*hunt(folder, field_of, workers=workers)]
        shows = tuple(dict.fromkeys(broken.name for broken in results[-1].outcome.broken))
        yield Swept(defect=name, breaks=proofs[name].breaks, played=len(results), shows=shows)


def _folder(path: Path, asked: Asked) -> Folder:
    if not (path / FILE).exists():
        return Folder.new(path, asked)
    folder = Folder.resumed(path)
    if folder.asked == asked:
        return folder
    folder.close()
    return Folder.new(path, asked)


def main(words: Sequence[str]) -> int:
    parser = ArgumentParser(prog="python -m tests.search.sweep")
    parser.add_argument("names", nargs="*", help="only these defects")
    parser.add_argument("--out", type=Path, default=Path("runs/sweep"), help="a folder for each (runs/sweep)")
    parser.add_argument("--schedules", type=int, default=SCHEDULES, help=f"at most so many ({SCHEDULES})")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=cores())
    asked = parser.parse_args(words)
    table: list[Swept] = []
    for one in swept(
        asked.names or [*PROOFS],
        out=asked.out,
        schedules=asked.schedules,
        seed=asked.seed,
        workers=asked.workers,
    ):
        print(one, flush=True)
        table.append(one)
    missed = [one.defect for one in table if one.is_missed]
    found = sum(bool(one.shows) for one in table)
    print(f"{found} of {len(table)} found; missed: {', '.join(missed) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
