"""Version 1 is read, and never whole: what was altered in it cannot be seen."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.journalfile.reading import parse
from tests.journalfile.files import ENTRIES

HEAD = b'{"journal":"failover-drill","version":1}\n'
LINES = [msgspec.json.encode(entry) + b"\n" for entry in ENTRIES]
FOOTER = b'{"entries":%d}\n' % len(ENTRIES)
OLD = "an older failover-drill wrote it (version 1), without sums: what was altered since cannot be seen"


def test_all_of_it_is_read_and_it_says_what_it_is() -> None:
    found = parse(Path("j"), b"".join([HEAD, *LINES, FOOTER]))
    assert (found.entries, found.damage, found.gaps) == (ENTRIES, (OLD,), False)


def test_what_it_lost_is_a_gap() -> None:
    found = parse(Path("j"), b"".join([HEAD, *LINES[:5], *LINES[6:], FOOTER]))
    told = f"the run wrote {len(ENTRIES)} entries, {len(ENTRIES) - 1} are there"
    assert (found.damage, found.gaps) == ((OLD, told), True)


def test_a_line_that_is_none_is_named() -> None:
    found = parse(Path("j"), b"".join([HEAD, *LINES[:5], b"{\n", *LINES[6:], FOOTER]))
    assert (found.entries, found.gaps) == (ENTRIES[:5] + ENTRIES[6:], True)
    assert found.damage == (OLD, "line 7 is no entry of a journal")


def test_cut_short_it_says_so_and_without_its_header_too() -> None:
    found = parse(Path("j"), b"".join([*LINES[:5], LINES[5][:-4]]))
    assert found.damage == (
        "the header is missing: the beginning may be lost",
        OLD,
        "line 6, the last, was cut short",
    )
    assert found.entries == ENTRIES[:5]
