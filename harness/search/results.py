"""The folder of a search: what was asked for, then a line a schedule, in order. It can be gone on with.

One process at a time: it holds a lock on the file, which ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from harness.model.errors import DrillError, JournalError
from harness.search.coverage import Coverage
from harness.search.outcome import Outcome

FILE = "schedules.jsonl"
# Of what is drawn from a number: another one would go on with other schedules.
VERSION = 8


class Asked(Struct, frozen=True, kw_only=True):
    """The first line: another search would give other schedules."""

    search: str = "failover-drill"
    version: int = VERSION
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

    def __init__(self, path: Path, file: BinaryIO, asked: Asked, before: list[Result]) -> None:
        """file: locked, and at its end."""
        self.path, self._file, self.asked, self.before = path, file, asked, before

    @staticmethod
    def new(path: Path, asked: Asked) -> Folder:
        """Raises DrillError when another search lies there, or is at work there."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            file = (path / FILE).open("ab", buffering=0)
        except OSError as error:
            raise JournalError(f"{path} cannot be made ({error.strerror}); name another --out") from error
        _lock(file, path)
        if file.tell():
            file.close()
            raise DrillError(f"{path} holds a search already; --resume {path} goes on; or name another --out")
        folder = Folder(path, file, asked, [])
        folder._write(asked)
        return folder

    @staticmethod
    def resumed(path: Path) -> Folder:
        """Raises DrillError when no search is in it, or one is at work in it.

        A line that was cut short is played again.
        """
        try:
            file = (path / FILE).open("r+b", buffering=0)
        except OSError as error:
            raise _no_search(path, error) from error
        _lock(file, path)
        try:
            head, *lines = file.read().split(b"\n")
            asked = msgspec.json.decode(head, type=Asked)
            _check_version(asked)
        except (OSError, msgspec.DecodeError) as error:
            file.close()
            raise _no_search(path, error) from error
        results = [*_whole(lines)]
        file.truncate(file.seek(sum(len(line) + 1 for line in (head, *lines[: len(results)]))))
        return Folder(path, file, asked, results)

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


def _lock(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise DrillError(
            f"another search is at work in {path}; wait until it has ended, or name another --out"
        ) from error


def _check_version(asked: Asked) -> None:
    if asked.version != VERSION:
        raise msgspec.DecodeError(
            f"it was begun by a version that drew other schedules: {asked.version}, not {VERSION}"
        )


def _no_search(path: Path, error: Exception) -> DrillError:
    return DrillError(f"{path} is no folder of a search ({error}); begin one with --out")


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
