"""Any text -> words with their lines, or one message with the line and the fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drillfile.tree import DEPTH_MAX, Block, Text, lines, parse, plain, shown
from harness.model.errors import DrillError


def refused(text: str) -> DrillError:
    with pytest.raises(DrillError) as raised:
        parse(text)
    return raised.value


def block(text: str) -> Block:
    node = parse(text)
    assert isinstance(node, Block)
    return node


def test_every_word_knows_its_line_and_field() -> None:
    found = lines(parse("a: 1\nb:\n  - c: 2\n  - d:\n      e\n"))
    assert found == {
        "": 1,
        "a": 1,
        "b": 2,
        "b[0]": 3,
        "b[0].c": 3,
        "b[1]": 4,
        "b[1].d": 4,
    }


@pytest.mark.parametrize(
    "word", ["on", "off", "yes", "no", "true", "010", "1:30", "2026-01-01", "0x10", "1_000"]
)
def test_a_word_stays_as_it_was_written(word: str) -> None:
    node = block(f"a: {word}\n").entries["a"]
    assert isinstance(node, Text)
    assert node.text == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("010", 10),
        ("0.5", 0.5),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("on", "on"),
        ("no", "no"),
        ("1:30", "1:30"),
        ("1e3", "1e3"),
        ("'3'", "3"),
        ("9" * 400, "9" * 400),
        ("[1, {b: 100ms}]", [1, {"b": "100ms"}]),
    ],
)
def test_a_setting_is_what_it_looks_like(word: str, value: object) -> None:
    assert plain(parse(f"a: {word}\n")) == {"a": value}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\n\tb: 2\n", 2, "a tab; YAML wants spaces"),
        ("a: b: c\n", 1, "a ': ' too many"),
        ("a\nb: 1\n", 2, "one missing above"),
        ("a: 1\nb: [1,\nc: 2\n", 2, "a '[' without its ']'"),
        ("a: 1\nb: {c: 1\n", 2, "a '{' without its '}'"),
        ("a: 1\nb: 'c\n\n\n", 2, "a quote is not closed"),
        ("a: 1\nb: @c\n", 2, "put it in quotes"),
        ("- a\nb: 1\n", 2, "begin in the same column"),
        ("a: 1\na: 2\n", 2, "written twice, first in line 1; keep one"),
        ("a: &x 1\n", 1, "anchors and aliases are not understood"),
        ("a: 1\nb: *x\n", 2, "anchors and aliases are not understood"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "leave it out"),
        ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
        ("? [a]\n: 1\n", 1, "write `word: value`"),
        ("a: 1\nb: \x07\n", 2, "U+0007 is no text"),
        ('a: "\\x07"\n', 1, "holds a character that is no text"),
        ('a: "\\ud800"\n', 1, "holds a character that is no text"),
        ('a: "\\U00110000"\n', 0, "an escape in quotes names no character"),
        ("", 0, "nothing is written in it"),
        ("# only a story\n", 0, "nothing is written in it"),
        ("%YAML 3.0\n---\na: 1\n", 1, "this is not YAML"),
    ],
)
def test_what_is_no_tree_is_one_message_with_its_line(text: str, line: int, says: str) -> None:
    error = refused(text)
    assert error.line == line
    assert says in error.problem
    assert "\n" not in error.problem


def test_the_second_of_two_words_is_pointed_at() -> None:
    error = refused("a:\n  b: 1\n  c: 2\n  b: 3\n")
    assert (error.line, error.field) == (4, "a.b")


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb).line == 1


@pytest.mark.parametrize("deep", ["[" * 60_000, "- " * 30_000, "{a: " * 15_000, "? " * 30_000])
def test_endless_nesting_is_refused_and_not_followed(deep: str) -> None:
    assert f"nested more than {DEPTH_MAX} deep" in refused(deep).problem


def test_what_is_shown_is_short_and_harmless() -> None:
    assert shown("a\x1b[31m\n") == "a\\x1b[31m\\n"
    assert len(shown("x" * 5000)) < 50


@given(st.text())
def test_any_text_is_a_tree_or_a_message(text: str) -> None:
    try:
        node = parse(text)
    except DrillError as error:
        assert error.problem
    else:
        assert all(line >= 1 for line in lines(node).values())


@given(st.text(alphabet="ab:-[]{}'\"\n\t &*!|>%@`#?,. ", max_size=60))
def test_any_text_of_yamls_own_signs_is_a_tree_or_a_message(text: str) -> None:
    try:
        parse(text)
    except DrillError as error:
        assert error.problem


def test_a_word_that_is_longer_than_any_is_not_repeated_whole() -> None:
    with pytest.raises(DrillError) as raised:
        parse(f"settings: {{reference: {{{'w' * 5000}: 1}}}}")
    assert "a word of 5000 characters" in f"{raised.value}" and len(f"{raised.value}") < 200


def test_a_value_that_is_longer_than_any_is_not_repeated_whole() -> None:
    with pytest.raises(DrillError, match="a value of 5000 characters"):
        plain(parse(f"webhook: {'w' * 5000}"))
