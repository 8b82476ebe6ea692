"""A damaged journal, line by line: whose seal holds is trusted, in the order of its number. Reads no file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from harness.journalfile.lines import Footer, entry_of, footer_of, opened
from harness.model.journal import Entry, RunEnded

DAMAGE_LISTED_MAX = 20


class Salvaged(Struct, frozen=True):
    """As harness.journalfile.Journal has it."""

    entries: tuple[Entry, ...]
    damage: tuple[str, ...]
    gaps: bool


class _Seen(Struct):
    """What the lines of a file are. altered: which of the file, from 1. last: the number in the last seal.

    foreign: of another run's journal, behind this one. A seal does not tell whose it is, but no run has two
    lines of one number, and from the first other one on nobody knows which run a line is of.
    """

    entries: dict[int, Entry]
    altered: list[int]
    doubled: int = 0
    moved: int = 0
    foreign: int = 0
    last: int = 0
    footer: Footer | None = None


def salvage(body: bytes, first_line: int) -> Salvaged:
    """body: all behind the header. first_line: the number of its first line in the file."""
    lines = body.split(b"\n")
    cut = lines.pop()  # empty, unless the file ends in the middle of a line
    seen = _Seen({}, [])
    for number, line in enumerate(lines, first_line):
        if not line or not _take(line, seen):
            seen.altered.append(number)
    damage = named(seen.altered)
    if cut and not _take(cut, seen):
        damage.append(f"line {first_line + len(lines)}, the last, was cut short")
    elif cut:
        damage.append("the last line has no end: the journal may have been cut there")
    missing = _missing(seen.entries, seen.footer)
    entries = tuple(entry for _, entry in sorted(seen.entries.items()))
    damage += _told(seen, missing, entries)
    # With all numbers there, what was altered beside them was none of the run's.
    lost = missing > 0 or (bool(seen.altered) and seen.footer is None)
    return Salvaged(entries, tuple(damage), gaps=lost)


def _take(line: bytes, seen: _Seen) -> bool:
    """Whether it is a line that a run wrote."""
    sealed = opened(line)
    if sealed is None:
        return False
    footer = footer_of(sealed)
    if footer is not None and seen.foreign:
        return True
    if footer is not None:
        seen.doubled += seen.footer is not None
        seen.footer = footer
        return True
    entry = entry_of(sealed)
    if entry is None:
        return False
    if seen.foreign or seen.entries.get(sealed.number, entry) != entry:
        seen.foreign += 1
        return True
    seen.doubled += sealed.number in seen.entries
    seen.moved += sealed.number < seen.last or seen.footer is not None
    seen.last = sealed.number
    seen.entries.setdefault(sealed.number, entry)
    return True


def _missing(entries: Mapping[int, Entry], footer: Footer | None) -> int:
    """How many are, up to the last that is known of."""
    known = footer.entries if footer else max(entries, default=0)
    return max(known, max(entries, default=0)) - len(entries)


def _told(seen: _Seen, missing: int, entries: Sequence[Entry]) -> Iterator[str]:
    if missing <= len(seen.altered):
        pass  # Named already, each with its line.
    elif seen.footer:
        yield f"the run wrote {missing + len(entries)} entries, {len(entries)} are there"
    else:
        yield f"of its first {missing + len(entries)} entries {len(entries)} are there"
    if seen.doubled:
        yield f"{_lines(seen.doubled)} there twice; one of each was taken"
    if seen.moved:
        yield f"{_lines(seen.moved)} out of place; all were put back in their order"
    if seen.foreign:
        yield f"{_lines(seen.foreign)} of another run, behind this one's; left out"
    if seen.footer is None and entries and isinstance(entries[-1], RunEnded):
        yield (
            "the last line is missing, which a run writes once it has removed what it started: the harness "
            "died before, or the journal was cut"
        )


def _lines(count: int) -> str:
    return "1 line is" if count == 1 else f"{count} lines are"


def named(altered: Sequence[int]) -> list[str]:
    named = [f"line {number} is no entry of a journal" for number in altered[:DAMAGE_LISTED_MAX]]
    if len(altered) > DAMAGE_LISTED_MAX:
        named.append(f"{len(altered) - DAMAGE_LISTED_MAX} more lines are no entries")
    return named
