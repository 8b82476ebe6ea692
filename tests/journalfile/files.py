"""Journals in files, for tests."""

from __future__ import annotations

from pathlib import Path

from harness import journalfile
from harness.journalfile import Journal, Writer
from harness.model.journal import Entry
from tests.checkers.dramas import a_run

HEAD = b'{"journal":"failover-drill","version":2}\n'
ENTRIES = a_run(2, spacing_s=0.5).entries


def written(path: Path, *entries: Entry) -> bytes:
    with Writer(path) as writer:
        for entry in entries:
            writer.append(entry)
    return path.read_bytes()


def read(data: bytes, folder: Path) -> Journal:
    path = folder / "journal.jsonl"
    path.write_bytes(data)
    return journalfile.read(path)
