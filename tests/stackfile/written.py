"""A stack file as a person may write it, and the ways in which tests change it."""

from __future__ import annotations

from pathlib import Path

from harness.model.ownstack import OwnStack
from harness.stackfile import read

GOOD = """\
stack: my-pair
compose: compose.yaml
hosts:
  db1: {role: data, ports: [6379]}
  db2: {role: data, ports: [6379, 8008]}
primary: {ask: redis}
load: {driver: redis}
detection: {within: 10s}
"""


def stack(folder: Path, text: str = GOOD) -> OwnStack:
    file = folder / "stack.yaml"
    file.write_text(text)
    return read(f"{file}")


def with_line(word: str, line: str) -> str:
    """That word's line written otherwise, or added."""
    lines = GOOD.splitlines()
    kept = [there for there in lines if not there.startswith(f"{word}:")]
    return "\n".join([*kept, line]) + "\n"
