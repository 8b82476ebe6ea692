"""A whole drill file: its words, and what is missing or too much."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model.drill import Drill, Load
from harness.model.errors import DrillError
from tests.drillfile.written import GOOD, read, refused, with_words


def test_what_is_not_written_has_its_default() -> None:
    drill = read(GOOD)
    assert (drill.name, drill.target, drill.trials) == ("mine", "reference", 1)
    assert drill.load == Load()
    assert (drill.settings, drill.clients, drill.missed) == ({}, {}, "abandon")


def test_settings_are_kept_as_they_were_written_for_their_target_to_read() -> None:
    words = "settings: {reference: {a: on, b: [1, 100ms]}, other: {c: {d: 0.5}}}"
    assert read(with_words(words)).settings == {
        "reference": {"a": "on", "b": [1, "100ms"]},
        "other": {"c": {"d": 0.5}},
    }


def test_a_drill_may_go_on_without_a_step_that_misses() -> None:
    assert read(with_words("missed: go on")).missed == "go on"


def test_lines_lead_from_a_field_to_where_it_stands() -> None:
    lines = read(GOOD).lines
    assert (lines["drill"], lines["steps[1].kill"], lines["expect.lost_writes"]) == (2, 6, 10)


@pytest.mark.parametrize(
    ("words", "line", "field", "says"),
    [
        ("trails: 3", 1, "trails", "a drill has no word 'trails'; did you mean 'trials'?"),
        ("drill: mine", 3, "drill", "written twice"),
        ("trials: 0", 1, "trials", "no whole number from 1 to 100000"),
        ("trials: 1000000", 1, "trials", "no whole number from 1"),
        (f"trials: {'9' * 5000}", 1, "trials", "is too long"),
        ("trials: many", 1, "trials", "no whole number"),
        ("trials: true", 1, "trials", "no whole number"),
        ("trials: ٣", 1, "trials", "no whole number"),
        ("settings: {reference: sync}", 1, "settings.reference", "a block of words"),
        ("settings: [a]", 1, "settings", "a block of words by target"),
        ("missed: goon", 1, "missed", "unknown word 'goon'; did you mean 'go on'?"),
        ("on: 1", 1, "on", "a drill has no word 'on'"),
        ("1: 1", 1, "1", "a drill has no word '1'"),
    ],
)
def test_a_wrong_word_is_told_with_its_line(words: str, line: int, field: str, says: str) -> None:
    error = refused(with_words(words))
    assert (error.line, error.field) == (line, field)
    assert says in error.problem


@pytest.mark.parametrize("word", ["drill", "target", "expect"])
def test_a_missing_word_is_named_with_an_example(word: str) -> None:
    left = "".join(line for line in GOOD.splitlines(keepends=True) if not line.startswith((word, "  lost")))
    if word != "expect":
        left += "  lost_writes: 0\n"
    assert f"a drill needs the word '{word}'; write `{word}: " in refused(left).problem


@pytest.mark.parametrize("name", ["../evil", "a/b", ".hidden", "", "x" * 65, "two words", "a\u202eb", "-rf"])
def test_a_name_that_could_be_no_folder_is_refused(name: str) -> None:
    assert refused(GOOD.replace("drill: mine", f"drill: '{name}'")).field == "drill"


@pytest.mark.parametrize("text", ["just text", "[a, b]", "- kill: primary", "3"])
def test_a_file_that_is_no_block_says_what_a_drill_is(text: str) -> None:
    assert "a drill is a block of words" in refused(text).problem


# Texts near to a drill reach further than any text does.
_PIECES = st.sampled_from(
    [
        *GOOD.splitlines(),
        "load: {rate: 5/s}",
        "  - kill: x",
        "    until: 9",
        "trials: 010",
        "- ",
        ": ",
        "{",
        "\t",
    ]
)


@given(st.lists(_PIECES, max_size=14))
def test_any_text_near_to_a_drill_is_a_drill_or_a_message(pieces: list[str]) -> None:
    try:
        drill = read("\n".join(pieces))
    except DrillError as error:
        assert error.problem
        assert "\n" not in str(error)
    else:
        assert isinstance(drill, Drill)


_ANY = st.recursive(
    st.sampled_from(["1s", "0", "primary", "rest", "[]", "~", "1s..2s", "50/s", "'", "never", "bound", "on"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(
            st.sampled_from(
                ["for", "within", "to", "max", "p90", "writers", "rate", "client/1", "via", "kill", "wait"]
            ),
            inner,
            max_size=3,
        ).map(lambda entries: "{" + ", ".join(f"{word}: {value}" for word, value in entries.items()) + "}"),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["settings", "load", "clients", "trials"]), _ANY), _ANY, _ANY)
def test_whatever_stands_behind_a_known_word_is_read_or_refused(
    words: dict[str, str], steps: str, expect: str
) -> None:
    lines = [f"{word}: {value}" for word, value in words.items()]
    text = "\n".join(["drill: a", "target: b", *lines, f"steps: {steps}", f"expect: {expect}"])
    try:
        read(text)
    except DrillError as error:
        assert error.problem
