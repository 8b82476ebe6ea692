"""Recorded histories with known verdicts: a few in tests/data, all where the shared folder is at hand."""

from __future__ import annotations

from pathlib import Path

from harness.cli.histories import FORMATS
from harness.histories.recorded import History
from harness.model.verdict import Judgement

OURS = Path(__file__).parent.parent / "data" / "histories"
SHARED = Path(__file__).parent.parent.parent.parent / "shared" / "data" / "histories"
_JUDGEMENTS: dict[str, Judgement] = {"linearizable": "pass", "not linearizable": "fail"}


def verdicts() -> list[tuple[Path, Judgement]]:
    """Every recording that is here, and what it is known to be."""
    rows = [
        line.split("|") for line in (OURS / "README.md").read_text().splitlines() if line.startswith("| `")
    ]
    found = [(OURS / row[1].strip(" `"), _JUDGEMENTS[row[3].strip()]) for row in rows]
    table = SHARED / "verdicts.tsv"
    lines = table.read_text().splitlines() if table.exists() else []
    return found + [
        (SHARED / name, _JUDGEMENTS[known]) for name, known in (line.split("\t") for line in lines)
    ]


def format_of(path: Path) -> str:
    return "jepsen-etcd" if path.suffix == ".log" else "porcupine-kv"


def recorded(path: Path) -> History:
    return FORMATS[format_of(path)](path.read_text(), path.name)
