"""`python -m tests.proof search`: `failover-drill search`, gone on with as long as the sources are the same.

Sound schedules of code that has changed since prove nothing of what there is now.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness import cli
from harness.search.results import FILE
from tests.proof.kept import sources


def main(words: Sequence[str], *, folder: Path = Path("runs")) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.proof search", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000, help="how many (10000)")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(words)
    place = folder / f"proof-search-{args.schedules}-{args.seed}-{sources()}"
    if (place / FILE).exists():
        return cli.main(["search", "--resume", f"{place}"])
    drawn = ["--schedules", f"{args.schedules}", "--seed", f"{args.seed}"]
    return cli.main(["search", *drawn, "--all", "--out", f"{place}"])
