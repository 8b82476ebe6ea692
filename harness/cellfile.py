"""Cells of a table of defects as they come, in a file: a table that takes hours can be gone on with.

JSON lines: what was asked for and what it was run from, then a line a cell. Only what was judged is kept.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from harness.model.errors import DrillError, JournalError
from harness.model.proof import Cell


class Asked(Struct, frozen=True, kw_only=True):
    """The first line. images: name -> id; cells of other images would say nothing about these."""

    table: str = "failover-drill defects"
    target: str
    world: str
    seed: int
    images: dict[str, str]


class CellFile:
    """before: the cells that were in it, by (defect, drill); of one that was run again the newer."""

    def __init__(self, path: Path, before: dict[tuple[str, str], Cell]) -> None:
        self.path, self.before = path, before

    @staticmethod
    def opened(path: Path, asked: Asked) -> CellFile:
        """Begun, or gone on with. Raises DrillError where another table lies there."""
        if not path.exists():
            file = CellFile(path, {})
            file._write(asked)
            return file
        try:
            head, *lines = path.read_bytes().split(b"\n")
            there = msgspec.json.decode(head, type=Asked)
        except (OSError, msgspec.DecodeError) as error:
            raise DrillError(f"{path} holds no table of defects ({error}); name another file") from error
        if there != asked:
            raise DrillError(f"{path} holds the cells of another table: {_other(there, asked)}; name another")
        cells = _whole(lines)
        path.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in (asked, *cells)))
        return CellFile(path, {(cell.defect, cell.drill): cell for cell in cells})

    def keep(self, cell: Cell) -> None:
        """What could not be judged is tried again the next time."""
        if cell.trials and cell.outcome != "unknown":
            self._write(cell)

    def _write(self, line: Asked | Cell) -> None:
        try:
            with self.path.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written ({error.strerror}); name another") from error


def _whole(lines: list[bytes]) -> list[Cell]:
    """Without a line that was cut short."""
    cells: list[Cell] = []
    for line in lines:
        try:
            cells.append(msgspec.json.decode(line, type=Cell))
        except msgspec.DecodeError:
            continue
    return cells


def _other(there: Asked, asked: Asked) -> str:
    """The first word in which they differ."""
    pairs = ((name, getattr(there, name), getattr(asked, name)) for name in ("target", "world", "seed"))
    named = [f"{name} {was}, not {now}" for name, was, now in pairs if was != now]
    return named[0] if named else "it was run from other images"
