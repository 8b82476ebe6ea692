"""A whole journal at a glance, a damaged one as far as it goes, what is none refused."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import journalfile
from harness.journalfile import Journal
from harness.journalfile.lines import HEADER
from harness.journalfile.reading import parse
from harness.journalfile.salvage import DAMAGE_LISTED_MAX
from harness.model.errors import ExitCode, JournalError
from harness.model.event import Failed
from harness.model.journal import Entry, RunEnded, TrialBegan, TrialEnded
from tests.checkers.journals import unknown
from tests.journalfile.files import ENTRIES, HEAD, read, written


def test_a_whole_journal_has_no_damage(tmp_path: Path) -> None:
    journal = read(written(tmp_path / "j", *ENTRIES), tmp_path)
    assert (journal.damage, journal.gaps) == ((), False)


def test_a_journal_without_entries_is_whole(tmp_path: Path) -> None:
    assert read(HEAD, tmp_path) == Journal(())


def test_cut_at_any_byte_it_yields_what_was_whole_and_names_a_cut_line(tmp_path: Path) -> None:
    data = written(tmp_path / "j", *ENTRIES[:6])
    for length in range(len(HEAD), len(data)):
        journal = read(data[:length], tmp_path)
        lines = data[len(HEAD) : length].split(b"\n")
        whole = len(lines) - 1
        # A line that lost nothing but its end is an entry, but who knows what should have followed.
        complete = bool(lines[-1]) and data[length : length + 1] == b"\n"
        assert journal.entries == ENTRIES[: whole + complete]
        assert bool(journal.damage) == bool(lines[-1])
        assert not journal.gaps


def test_a_cut_line_is_named_by_its_number(tmp_path: Path) -> None:
    data = written(tmp_path / "j", *ENTRIES[:3])
    assert read(data[:-5], tmp_path).damage == ("line 4, the last, was cut short",)
    assert read(data[:-1], tmp_path).damage == (
        "the last line has no end: the journal may have been cut there",
    )
    bare = data[len(HEAD) :]
    assert read(bare[:-5], tmp_path).damage[1:] == ("line 3, the last, was cut short",)


def test_cut_within_the_header_it_is_no_journal_any_more(tmp_path: Path) -> None:
    for length in range(len(HEAD) - 1):
        with pytest.raises(JournalError, match="it does not begin as one"):
            read(HEAD[:length], tmp_path)


def test_a_line_that_is_no_entry_is_named_and_leaves_a_gap(tmp_path: Path) -> None:
    lines = written(tmp_path / "j", *ENTRIES).splitlines(keepends=True)
    for garbage in (b"#\n", b"\xff\xfe\n", b"{}\n", b'{"type":"op"}\n', b"[" * 5000 + b"\n", b"null\n"):
        journal = read(b"".join([*lines[:3], garbage, *lines[4:]]), tmp_path)
        assert journal.damage == ("line 4 is no entry of a journal",)
        assert journal.gaps
        assert journal.entries == ENTRIES[:2] + ENTRIES[3:]


def test_a_thousand_bad_lines_are_counted_not_listed(tmp_path: Path) -> None:
    journal = read(HEAD + b"#\n" * 1000, tmp_path)
    assert len(journal.damage) == DAMAGE_LISTED_MAX + 1
    assert journal.damage[-1] == f"{1000 - DAMAGE_LISTED_MAX} more lines are no entries"
    assert len(read(HEAD + b"#\n" * DAMAGE_LISTED_MAX, tmp_path).damage) == DAMAGE_LISTED_MAX


def test_without_its_header_entries_are_read_and_the_beginning_may_be_lost(tmp_path: Path) -> None:
    data = written(tmp_path / "j", *ENTRIES)[len(HEAD) :]
    journal = read(data, tmp_path)
    assert (journal.entries, journal.gaps) == (ENTRIES, True)
    assert journal.damage == ("the header is missing: the beginning may be lost",)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"hello\n", b"\x00" * 100, b"[]\n", b'{"journal":"else","version":1}\n']
)
def test_what_is_no_journal_is_wrong_input_with_the_fix(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"name a run's folder or its journal\.jsonl") as caught:
        read(data, tmp_path)
    assert caught.value.exit_code is ExitCode.WRONG_INPUT


def test_a_journal_of_another_version_says_so(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="version 7, this failover-drill reads versions 1 to 2"):
        read(HEAD.replace(b":2}", b":7}"), tmp_path)


def test_a_file_that_cannot_be_read_is_wrong_input(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(JournalError) as caught:
            journalfile.read(path)
        assert caught.value.exit_code is ExitCode.WRONG_INPUT


def began(number: int) -> TrialBegan:
    return TrialBegan(trial=number, at_s=number, primary="")


def ended(number: int) -> TrialEnded:
    return TrialEnded(trial=number, at_s=number, completed=True)


DONE = RunEnded(at_s=9, reason="done")


@pytest.mark.parametrize("lost", range(1, len(ENTRIES)))
def test_a_whole_line_that_is_gone_from_the_middle_is_a_gap(lost: int, tmp_path: Path) -> None:
    lines = written(tmp_path / "j", *ENTRIES).splitlines(keepends=True)
    found = read(b"".join(lines[:lost] + lines[lost + 1 :]), tmp_path)
    assert found.gaps
    assert found.damage[0] == f"the run wrote {len(ENTRIES)} entries, {len(ENTRIES) - 1} are there"


@pytest.mark.parametrize(
    ("entries", "damage"),
    [
        ([began(1), ended(1), began(2), ended(2), DONE], ()),
        ([began(2), ended(2)], ("trial 2 begins out of order, after trial 0",)),
        ([began(1), began(2), ended(2)], ("trial 2 begins out of order, after trial 1",)),
        ([began(1), ended(2)], ("trial 2 ends out of order",)),
        ([ended(1)], ("trial 1 ends out of order",)),
        ([began(1), ended(1), ended(1)], ("trial 1 ends out of order",)),
        ([DONE, began(1)], ("there are entries after the run's end",)),
    ],
)
def test_an_order_that_no_run_writes_is_damage(
    entries: list[Entry], damage: tuple[str, ...], tmp_path: Path
) -> None:
    assert read(written(tmp_path / "j", *entries), tmp_path).damage == damage


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_a_journal_or_refused(data: bytes) -> None:
    for prefix in (b"", HEAD):
        try:
            journal = parse(Path("j"), prefix + data)
        except JournalError as error:
            assert error.exit_code is ExitCode.WRONG_INPUT
        else:
            assert journal.damage or not data.strip(b" \t\r\n")


def test_reading_leaves_the_collector_as_it_was(tmp_path: Path) -> None:
    data = written(tmp_path / "j", *ENTRIES)
    read(data, tmp_path)
    assert gc.isenabled()
    gc.disable()
    try:
        read(data, tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_header_names_what_it_is() -> None:
    assert (HEADER.journal, HEADER.version) == ("failover-drill", 2)


def test_operations_without_an_answer_come_back_as_such(tmp_path: Path) -> None:
    op = unknown('é"\n', 1.5, by="")
    gone = Failed(command_id="t1.s1", reason="ünï", at_s=3.25)
    assert read(written(tmp_path / "j", op, gone), tmp_path).entries == (op, gone)
