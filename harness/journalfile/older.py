"""Journals of version 1, whose lines have no seals: what was altered cannot be seen. Reads no file."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from harness.journalfile.lines import ENTRY, UNREADABLE
from harness.journalfile.salvage import Salvaged, named
from harness.model.journal import Entry

VERSION = 1


class _Footer(Struct, frozen=True, forbid_unknown_fields=True):
    entries: int


_FOOTER = msgspec.json.Decoder(_Footer)
_OLD = "an older failover-drill wrote it (version 1), without sums: what was altered since cannot be seen"


def salvage(body: bytes, first_line: int) -> Salvaged:
    """Never without damage: nobody can say that there is none."""
    body, told = _without_footer(body)
    lines = body.split(b"\n")
    cut = lines.pop()
    entries: list[Entry] = []
    bad = [number for number, line in enumerate(lines, first_line) if not _decoded(line, entries)]
    damage = [_OLD, *named(bad)]
    if cut and not _decoded(cut, entries):
        damage.append(f"line {first_line + len(lines)}, the last, was cut short")
    elif cut:
        damage.append("the last line has no end: the journal may have been cut there")
    lost = told is not None and told != len(entries)
    if lost and not bad:
        damage.append(f"the run wrote {told} entries, {len(entries)} are there")
    return Salvaged(tuple(entries), tuple(damage), gaps=bool(bad) or lost)


def _without_footer(body: bytes) -> tuple[bytes, int | None]:
    """(the entries' lines, how many there were): None without a whole footer."""
    end = body.rfind(b"\n", 0, -1) + 1
    try:
        return (body[:end], _FOOTER.decode(body[end:]).entries) if body.endswith(b"\n") else (body, None)
    except UNREADABLE:
        return body, None


def _decoded(line: bytes, entries: list[Entry]) -> bool:
    try:
        entries.append(ENTRY.decode(line))
    except UNREADABLE:
        return False
    return True
