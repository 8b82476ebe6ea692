"""The folder of a search: what was asked for, then a line a schedule, in order. It can be gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from harness.model.errors import DrillError, JournalError
from harness.search.coverage import Coverage
from harness.search.outcome import Outcome

FILE = "schedules.jsonl"


class Asked(Struct, frozen=True, kw_only=True):
    """The first line: another search would give other schedules."""

    search: str = "failover-drill"
    version: int = 1
    target: str
    seed: int
    schedules: int
    defect: str
    all: bool


class Result(Struct, frozen=True, kw_only=True):
    """One schedule: its number, the seed of its world, and what became of it."""

    number: int
    seed: int
    outcome: Outcome
    coverage: Coverage


class Folder:
    """Raises JournalError when it cannot be written."""

    def __init__(self, path: Path, asked: Asked, before: list[Result]) -> None:
        self.path, self.asked, self.before = path, asked, before
        self._file = (path / FILE).open("ab", buffering=0)

    @staticmethod
    def new(path: Path, asked: Asked) -> Folder:
        """Raises DrillError when another search lies there."""
        if (path / FILE).exists():
            raise DrillError(f"{path} holds a search already; --resume {path} goes on; or name another --out")
        try:
            path.mkdir(parents=True, exist_ok=True)
            folder = Folder(path, asked, [])
        except OSError as error:
            raise JournalError(f"{path} cannot be made ({error.strerror}); name another --out") from error
        folder._write(asked)
        return folder

    @staticmethod
    def resumed(path: Path) -> Folder:
        """Raises DrillError when there is no search in it. A line that was cut short is played again."""
        try:
            head, *lines = (path / FILE).read_bytes().split(b"\n")
            asked = msgspec.json.decode(head, type=Asked)
            results = [*_whole(lines)]
        except (OSError, msgspec.DecodeError) as error:
            raise DrillError(f"{path} is no folder of a search ({error}); begin one with --out") from error
        whole = b"".join(msgspec.json.encode(line) + b"\n" for line in (asked, *results))
        (path / FILE).write_bytes(whole)
        return Folder(path, asked, results)

    def keep(self, result: Result) -> None:
        self._write(result)

    def write(self, name: str, text: str) -> Path:
        (self.path / name).write_text(text, encoding="utf-8")
        return self.path / name

    def close(self) -> None:
        self._file.close()

    def _write(self, line: Asked | Result) -> None:
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise JournalError(
                f"{self.path / FILE} cannot be written ({error.strerror}); free space, then --resume it"
            ) from error


def _whole(lines: list[bytes]) -> Iterator[Result]:
    """Up to the first that is not whole, or out of order."""
    for number, line in enumerate(lines):
        try:
            result = msgspec.json.decode(line, type=Result)
        except msgspec.DecodeError:
            return
        if result.number != number:
            return
        yield result
