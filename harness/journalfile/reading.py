"""Reads a journal: at a glance where its sum holds, else line by line. Forgives all that it can name."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from harness.journalfile import older
from harness.journalfile.lines import ENTRY, UNREADABLE, VERSION, Footer, footer_of, header_of, opened, sum_of
from harness.journalfile.salvage import DAMAGE_LISTED_MAX, Salvaged, salvage
from harness.model.errors import ExitCode, JournalError
from harness.model.journal import Entry, RunEnded, TrialBegan, TrialEnded


class Journal(Struct, frozen=True):
    """What could be read.

    damage: one line for a person for each thing that is wrong; empty for a whole journal.
    gaps: entries in the middle are lost, so that "it is not in the journal" proves nothing.
    """

    entries: tuple[Entry, ...]
    damage: tuple[str, ...] = ()
    gaps: bool = False


_ORDERED = frozenset((TrialBegan, TrialEnded, RunEnded))
_OTHERS = "each line is whole, and the last one is the sum of others"
_NO_HEADER = "the header is missing: the beginning may be lost"


def read(path: Path) -> Journal:
    """All entries that can be trusted, in order. Raises JournalError when the file is no journal at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _no_journal(path, error.strerror or str(error)) from error
    with no_collection():
        return parse(path, data)


def parse(path: Path, data: bytes) -> Journal:
    """path: for messages alone."""
    end = data.find(b"\n") + 1 or len(data)
    header = header_of(data[:end])
    if header is not None and not older.VERSION <= header.version <= VERSION:
        raise _no_journal(
            path, f"version {header.version}, this failover-drill reads versions {older.VERSION} to {VERSION}"
        )
    if header is None or header.version == VERSION:
        whole = _whole(data, end)
        if whole is not None:
            return whole
    found = _salvaged(data if header is None else data[end:], version=header.version if header else None)
    if header is None:
        if not found.entries:
            raise _no_journal(path, "it does not begin as one, and no line is an entry of one")
        found = Salvaged(found.entries, (_NO_HEADER, *found.damage), gaps=True)
    elif not found.damage and _footer(data[data.rfind(b"\n", 0, -1) + 1 :]) is not None:
        found = Salvaged(found.entries, (_OTHERS,), gaps=True)
    return Journal(found.entries, (*found.damage, *_disorder(found.entries)), found.gaps)


def _whole(data: bytes, first: int) -> Journal | None:
    """What its sum says to be as it was written; None for any other. first: where its entries begin."""
    last = data.rfind(b"\n", 0, -1) + 1
    footer = _footer(data[last:])
    if footer is None or footer.sum != f"{sum_of(memoryview(data)[:last]):08x}":
        return None
    try:
        entries = tuple(ENTRY.decode_lines(memoryview(data)[first:last]))
    except UNREADABLE:
        return None
    return Journal(entries, tuple(_disorder(entries)))


def _footer(line: bytes) -> Footer | None:
    if not line.endswith(b"\n"):
        return None
    sealed = opened(line[:-1])
    return None if sealed is None else footer_of(sealed)


def _salvaged(body: bytes, *, version: int | None) -> Salvaged:
    """version: None where the header is lost; then the lines tell which it was."""
    first_line = 1 if version is None else 2
    if version == older.VERSION or (version is None and b',"seal":"' not in body):
        return older.salvage(body, first_line)
    return salvage(body, first_line)


def _disorder(entries: Sequence[Entry]) -> list[str]:
    """What no run writes: trials that do not count up, an end without a beginning, entries after the end."""
    damage: list[str] = []
    last, running = 0, False
    # A million operations have no order to look at; a look at each alone would cost as much as decoding.
    notes = [(place, entry) for place, entry in enumerate(entries) if type(entry) in _ORDERED]
    for position, entry in notes:
        match entry:
            case TrialBegan(trial=trial):
                if running or trial != last + 1:
                    damage.append(f"trial {trial} begins out of order, after trial {last}")
                last, running = trial, True
            case TrialEnded(trial=trial):
                if not running or trial != last:
                    damage.append(f"trial {trial} ends out of order")
                running = False
            case RunEnded() if position != len(entries) - 1:
                damage.append("there are entries after the run's end")
    return damage[:DAMAGE_LISTED_MAX]


def _no_journal(path: Path, problem: str) -> JournalError:
    return JournalError(
        f"{path} is not a journal of failover-drill: {problem}; name a run's folder or its journal.jsonl",
        exit_code=ExitCode.WRONG_INPUT,
    )


@contextmanager
def no_collection() -> Iterator[None]:
    """A million new objects wake the cycle collector hundreds of times, and none of ours has a cycle."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
