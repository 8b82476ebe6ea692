"""What was shipped to a cold standby, in a file of its own: its agent appends, its data node takes it over.

A line is a sum and a record. A torn last line is what a crash leaves: it was never answered for. What stands
behind a damaged one counts as not shipped. A file that is not taken over whole is put aside for a person.
"""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path

import msgspec

from targets.reference.driver.smallfile import sync_folder
from targets.reference.driver.store import LogStore
from targets.reference.machines.words.messages import Place, Record
from targets.reference.machines.words.shipped import restored

_NAME = "shipped"
_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Record).decode


class Archive:
    """Of one agent."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _NAME

    def keep(self, records: tuple[Record, ...]) -> None:
        """On disk when this returns."""
        is_new = not self._file.exists()
        with self._file.open("ab") as file:
            file.write(b"".join(map(_line, records)))
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            sync_folder(self._file.parent)

    def records(self) -> tuple[tuple[Record, ...], bool]:
        """Whole ones, in their order; and whether there is nothing else in the file."""
        lines = self._file.read_bytes().splitlines() if self._file.exists() else []
        found = [record for record in map(_record, lines) if record is not None]
        whole = next((n for n, line in enumerate(lines) if _record(line) is None), len(lines))
        return tuple(found[:whole]), whole == len(lines)

    def drop(self) -> None:
        """The log holds what was in it."""
        self._file.unlink(missing_ok=True)
        sync_folder(self._file.parent)

    def put_aside(self) -> Path:
        """Under another name, for a person: nothing that was shipped is thrown away unseen."""
        for number in range(1, 1000):
            aside = self._file.with_name(f"{_NAME}.unfit.{number}")
            if not aside.exists():
                break
        self._file.replace(aside)
        sync_folder(aside.parent)
        return aside


def take_over(store: LogStore, archive: Archive, *, node: str, defects: frozenset[str]) -> None:
    """Before the data node looks at its log. It may have died on the way: what is in both is the same."""
    shipped, is_whole = archive.records()
    log = store.records()
    last = Place(log[-1].epoch, log[-1].position) if log else Place()
    rest = restored(last, shipped, defects)
    if rest:
        store.append(rest)
    if is_whole and (rest or not shipped or shipped[-1] in log):
        archive.drop()
        return
    aside = archive.put_aside()
    print(
        f"{node}: {len(rest)} shipped records were taken over; the rest of {aside} is damaged, or does not "
        "go on where its log ends",
        file=sys.stderr,
        flush=True,
    )


def _line(record: Record) -> bytes:
    body = _encode(record)
    return b"%08x %b\n" % (zlib.crc32(body), body)


def _record(line: bytes) -> Record | None:
    """None: torn, or not what was written."""
    found, _, body = line.partition(b" ")
    if found != b"%08x" % zlib.crc32(body):
        return None
    try:
        return _decode(body)
    except msgspec.DecodeError:
        return None
