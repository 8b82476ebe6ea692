"""Of a damaged journal whatever can be trusted is, in its order, and what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from harness.journalfile import Journal
from harness.journalfile.reading import parse
from tests.journalfile.damage import of_another
from tests.journalfile.files import ENTRIES, HEAD, written


@pytest.fixture
def lines(tmp_path: Path) -> list[bytes]:
    return written(tmp_path / "j", *ENTRIES).splitlines(keepends=True)


def read(lines: list[bytes]) -> Journal:
    return parse(Path("j"), b"".join(lines))


def test_lines_that_were_moved_are_put_back(lines: list[bytes]) -> None:
    lines[5], lines[9] = lines[9], lines[5]
    found = read(lines)
    assert (found.entries, found.gaps) == (ENTRIES, False)
    assert found.damage == ("2 lines are out of place; all were put back in their order",)


def test_a_line_that_is_there_twice_is_taken_once(lines: list[bytes]) -> None:
    found = read([*lines[:5], lines[4], *lines[5:]])
    assert (found.entries, found.gaps) == (ENTRIES, False)
    assert found.damage == ("1 line is there twice; one of each was taken",)


def test_one_doubled_and_one_lost_are_both_seen(lines: list[bytes]) -> None:
    found = read([*lines[:5], lines[4], *lines[5:8], *lines[9:]])
    assert (found.entries, found.gaps) == (ENTRIES[:7] + ENTRIES[8:], True)
    assert len(found.damage) == 2


def test_a_line_that_was_altered_is_left_out_though_it_is_an_entry_still(lines: list[bytes]) -> None:
    number = next(n for n, line in enumerate(lines) if b'"at_s":1.0' in line)
    lines[number] = lines[number].replace(b'"at_s":1.0', b'"at_s":7.0')
    found = read(lines)
    assert (found.entries, found.gaps) == (ENTRIES[: number - 1] + ENTRIES[number:], True)
    assert found.damage[0] == f"line {number + 1} is no entry of a journal"


def test_lost_lines_of_a_run_that_never_ended_are_a_gap_up_to_the_last_that_is_there(
    lines: list[bytes],
) -> None:
    found = read([*lines[:5], *lines[7:20]])
    assert (found.damage, found.gaps) == (("of its first 19 entries 17 are there",), True)


def test_a_run_that_never_ended_is_no_damage(lines: list[bytes]) -> None:
    assert read(lines[:20]) == Journal(ENTRIES[:19])


def test_an_end_without_the_line_that_closes_it_is_damage(lines: list[bytes]) -> None:
    found = read(lines[:-1])
    assert (found.entries, found.gaps) == (ENTRIES, False)
    (told,) = found.damage
    assert "the harness died before, or the journal was cut" in told


def test_what_was_put_between_whole_lines_is_named_and_no_gap(lines: list[bytes]) -> None:
    for garbage in (b"\n", b"# mine\n", b'{"type":"op"}\n'):
        found = read([*lines[:7], garbage, *lines[7:]])
        assert (found.entries, found.gaps) == (ENTRIES, False)
        assert found.damage == ("line 8 is no entry of a journal",)


def test_a_header_that_was_altered_leaves_every_entry(lines: list[bytes]) -> None:
    found = read([HEAD.replace(b"drill", b"drall"), *lines[1:]])
    assert found.entries == ENTRIES
    assert found.damage[0] == "the header is missing: the beginning may be lost"


def test_no_flipped_bit_goes_unseen_and_none_makes_an_entry_of_its_own(lines: list[bytes]) -> None:
    """Of the header a flip of its version is refused."""
    whole, draw = b"".join(lines), Random(7)
    for place in (
        *range(len(HEAD), len(HEAD) + 300),
        *(draw.randrange(len(HEAD), len(whole)) for _ in range(300)),
    ):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << draw.randrange(8)
        found = parse(Path("j"), bytes(flipped))
        assert found.damage
        kept = iter(ENTRIES)
        assert all(entry in kept for entry in found.entries)


def test_another_run_behind_it_is_left_out(lines: list[bytes]) -> None:
    """Its lines have seals that hold, and numbers that are missing here."""
    other = [of_another(line) for line in lines]
    found = read([*lines[:12], *other])
    assert found.entries == ENTRIES[:11]
    assert f"{len(ENTRIES)} lines are of another run, behind this one's; left out" in found.damage
    whole = read([*lines, *other])
    assert (whole.entries, whole.gaps) == (ENTRIES, False) and len(whole.damage) == 2
    assert read([*lines[:12], *lines]).entries == ENTRIES  # its own once more is no other


def test_lines_that_hold_one_by_one_and_not_together_are_damage(lines: list[bytes]) -> None:
    found = read([lines[0], *(of_another(line) for line in lines[1:])])
    assert found.damage == ("each line is whole, and the last one is the sum of others",) and found.gaps
