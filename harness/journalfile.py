"""The journal as a file: JSON lines between a header and, once the run has ended, a footer. Judges nothing.

A journal is what is left of a run, so reading forgives: a line that was cut short, or is no entry, is
named as damage and left out; what the rest still proves is proven. Writing does not forgive: a journal
that cannot be written ends the run.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import msgspec
from msgspec import Struct

from harness.model.errors import ExitCode, JournalError
from harness.model.event import Returned, Stalled
from harness.model.journal import Entry, RunEnded, TrialBegan, TrialEnded

VERSION = 1
FLUSH_EVERY_S = 0.1
DAMAGE_LISTED_MAX = 20


class Header(Struct, frozen=True):
    """The first line: what this file is."""

    journal: str
    version: int


class Footer(Struct, frozen=True, forbid_unknown_fields=True):
    """The last line, after the run's end. Whole lines that are lost leave no trace but their number."""

    entries: int


class Journal(Struct, frozen=True):
    """What could be read.

    damage: one line for a person for each thing that is wrong; empty for a whole journal.
    gaps: entries in the middle are lost, so that "it is not in the journal" proves nothing.
    """

    entries: tuple[Entry, ...]
    damage: tuple[str, ...] = ()
    gaps: bool = False


HEADER = Header("failover-drill", VERSION)
_ENCODER = msgspec.json.Encoder()
_ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_HEADER = msgspec.json.Decoder(Header)
_ORDERED = frozenset((TrialBegan, TrialEnded, RunEnded))
_FOOTER = msgspec.json.Decoder(Footer)


class Writer:
    """Appends entries. Operations reach the file within 0.1 s of the next call, all else at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._buffer = bytearray(_ENCODER.encode(HEADER) + b"\n")
        self._entries = 0
        self._flushed_s = time.monotonic()
        with self._mended():
            self._file = path.open("xb", buffering=0)
        self.flush()

    def append(self, entry: Entry) -> None:
        """Raises JournalError when the file cannot take it."""
        self._entries += 1
        self._buffer += _ENCODER.encode(entry)
        self._buffer += b"\n"
        if isinstance(entry, RunEnded):
            self._buffer += _ENCODER.encode(Footer(self._entries)) + b"\n"
        if not isinstance(entry, Returned | Stalled):
            self.flush()
        else:
            self.flush_when_due()

    def flush_when_due(self) -> None:
        """To be called from the runner's loop, so that a quiet moment leaves nothing in memory."""
        if self._buffer and time.monotonic() - self._flushed_s >= FLUSH_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Hand everything to the system: it survives the death of this process, not that of the machine."""
        with self._mended():
            while self._buffer:
                written = self._file.write(self._buffer)
                del self._buffer[:written]
        self._flushed_s = time.monotonic()

    def close(self) -> None:
        """Flush to the disk itself, and close. Safe to call twice."""
        if self._file.closed:
            return
        try:
            self.flush()
            with self._mended():
                os.fsync(self._file.fileno())
        finally:
            self._file.close()

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """An OSError as what a person can do about it."""
        try:
            yield
        except FileExistsError as error:
            raise JournalError(f"{self._path} is there already; name another folder for this run") from error
        except OSError as error:
            raise JournalError(
                f"{self._path} cannot be written: {error.strerror or error}; free space or make the folder "
                "writable, then run the drill again (what was written so far can still be judged)"
            ) from error


def read(path: Path) -> Journal:
    """All entries that can be read, in order. Raises JournalError when the file is no journal at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _no_journal(path, error.strerror or str(error)) from error
    with no_collection():
        return _parse(path, data)


def _parse(path: Path, data: bytes) -> Journal:
    head, _, body = data.partition(b"\n")
    header = _header(head)
    if header is not None and header.version != VERSION:
        raise _no_journal(path, f"version {header.version}, this failover-drill reads version {VERSION}")
    if header is None:
        body = data
    body, told = _without_footer(body)
    whole = not body or body.endswith(b"\n")
    entries, damage, gaps = _decode(body, first_line=1 if header is None else 2)
    if header is None and not entries:
        raise _no_journal(path, "it does not begin as one, and no line is an entry of one")
    if header is None:
        damage, gaps = ["the header is missing: the beginning may be lost", *damage], True
    if not whole and not damage:
        damage.append("the last line has no end: the journal may have been cut there")
    if not damage and told not in (None, len(entries)):
        damage, gaps = [f"the run wrote {told} entries, {len(entries)} are there"], True
    return Journal(tuple(entries), (*damage, *_disorder(entries)), gaps)


def _header(line: bytes) -> Header | None:
    try:
        header = _HEADER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return header if header.journal == HEADER.journal else None


def _without_footer(body: bytes) -> tuple[bytes, int | None]:
    """(the entries' lines, how many there were): None without a whole footer."""
    end = body.rfind(b"\n", 0, -1) + 1
    try:
        return (body[:end], _FOOTER.decode(body[end:]).entries) if body.endswith(b"\n") else (body, None)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body, None


def _decode(body: bytes, *, first_line: int) -> tuple[list[Entry], list[str], bool]:
    """(entries, damage, gaps). The fast way first: a whole journal in one call."""
    try:
        return list(_ENTRY.decode_lines(body)), [], False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_each(body, first_line)


def _decode_each(body: bytes, first_line: int) -> tuple[list[Entry], list[str], bool]:
    lines = body.split(b"\n")
    cut = lines.pop()  # empty, unless the file ends in the middle of a line
    entries: list[Entry] = []
    bad: list[int] = []
    for number, line in enumerate(lines, first_line):
        if line and not _decoded(line, entries):
            bad.append(number)
    damage = [f"line {number} is no entry of a journal" for number in bad[:DAMAGE_LISTED_MAX]]
    if len(bad) > DAMAGE_LISTED_MAX:
        damage.append(f"{len(bad) - DAMAGE_LISTED_MAX} more lines are no entries")
    if cut and not _decoded(cut, entries):
        damage.append(f"line {first_line + len(lines)}, the last, was cut short")
    return entries, damage, bool(bad)


def _decoded(line: bytes, entries: list[Entry]) -> bool:
    try:
        entries.append(_ENTRY.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _disorder(entries: list[Entry]) -> list[str]:
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
