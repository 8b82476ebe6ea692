"""`python -m tests.proof sweep`: tests.search.sweep, gone on with as long as the sources are the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.proof.kept import sources
from tests.search import sweep


def main(words: Sequence[str], *, folder: Path = Path("runs")) -> int:
    return sweep.main(["--out", f"{folder / f'proof-sweep-{sources()}'}", *words])
