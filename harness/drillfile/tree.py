"""The text of a file -> a tree of words, each with its line and field. Knows YAML, and no word of a drill.

Words stay text as they were written: what `on`, `010` or `1:30` mean is said by whoever asks for them, not
by YAML. Anchors, tags, a second document and doubled words are refused, nesting is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import yaml
from msgspec import Struct

from harness.model.drill import Json
from harness.model.errors import DrillError, printable

DEPTH_MAX = 12
SHOWN_MAX = 40
KEY_MAX = 100
VALUE_MAX = 500
_DIGITS_MAX = 15  # more than a float carries exactly

_INTEGER = re.compile(r"[-+]?\d+")
_FRACTION = re.compile(r"[-+]?\d+\.\d+")
_PLAIN_WORDS: Mapping[str, Json] = {"true": True, "false": False, "null": None, "~": None, "": None}
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# What the parser says -> what a person can do. The first that fits counts.
_REMEDIES = {
    "'\\t'": "a tab; YAML wants spaces there",
    "found a tab": "a tab; YAML wants spaces there",
    "mapping values are not allowed here": "a ': ' too many, or one missing above; quote text that has one",
    "could not find expected ':'": "a word without its ':'; write `word: value`",
    "expected ',' or ']'": "a '[' without its ']', or a comma is missing",
    "expected ',' or '}'": "a '{' without its '}', or a comma is missing",
    "while scanning a quoted scalar": "a quote is not closed",
    "expected <block end>": "lines of one block must begin in the same column",
    "unacceptable character": "a character that is no text; save the file as plain text",
    "cannot start any token": "text that begins with a special character; put it in quotes",
}


class Spot(Struct, frozen=True):
    """Where something stands: line (from 1), and field like `steps[0].kill` (empty for the whole file)."""

    line: int
    field: str

    def wrong(self, problem: str) -> DrillError:
        return DrillError(problem, line=self.line, field=self.field)

    def below(self, word: str, line: int) -> Spot:
        return Spot(line, f"{self.field}.{word}" if self.field else word)


class Text(Struct, frozen=True):
    """One word or number, as it was written. plain: without quotes."""

    spot: Spot
    text: str
    plain: bool


class Items(Struct, frozen=True):
    spot: Spot
    items: tuple[Node, ...]


class Block(Struct, frozen=True):
    """Words with what stands behind each; spots: of the words themselves."""

    spot: Spot
    entries: dict[str, Node]
    spots: dict[str, Spot]


Node = Text | Items | Block


def parse(text: str) -> Node:
    """The one document of a file. Raises DrillError without a path."""
    try:
        return _document(text)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DrillError(f"U+{int(error.character):04X} is no text; save as plain text", line=line) from error
    except (ValueError, OverflowError) as error:
        raise DrillError(f"an escape in quotes names no character ({error}); write it plainly") from error


def lines(node: Node) -> dict[str, int]:
    """The line of every field."""
    found = {node.spot.field: node.spot.line}
    match node:
        case Items(items=items):
            for item in items:
                found |= lines(item)
        case Block(entries=entries, spots=spots):
            for entry in entries.values():
                found |= lines(entry)
            found |= {spot.field: spot.line for spot in spots.values()}
    return found


def plain(node: Node) -> Json:
    """As JSON carries it: for settings, whose words only the target knows."""
    match node:
        case Items(items=items):
            return [plain(item) for item in items]
        case Block(entries=entries):
            return {word: plain(entry) for word, entry in entries.items()}
        case Text(spot=spot, text=text, plain=is_plain):
            if len(text) > VALUE_MAX:
                raise spot.wrong(f"a value of {len(text)} characters; none has more than {VALUE_MAX}")
            return _value(text) if is_plain else text


def shown(text: str) -> str:
    """Any text, short and harmless to a terminal."""
    return printable(text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…")


def _value(text: str) -> Json:
    """YAML's plain words without its surprises: `on` and `no` are words, `010` is ten."""
    if text in _PLAIN_WORDS:
        return _PLAIN_WORDS[text]
    if len(text) <= _DIGITS_MAX and _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= _DIGITS_MAX and _FRACTION.fullmatch(text):
        return float(text)
    return text


def _document(text: str) -> Node:
    events = iter(yaml.parse(text, Loader=yaml.SafeLoader))
    top: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            line = _line(event)
            if top is not None:
                raise DrillError("a second document begins here; one file is one drill: split it", line=line)
            top = _node(next(events), events, Spot(line, ""), 0)
    if top is None or (isinstance(top, Text) and top.plain and not top.text):
        raise DrillError("nothing is written in it; `failover-drill schema` tells every word")
    return top


def _node(event: yaml.Event, events: Iterator[yaml.Event], spot: Spot, depth: int) -> Node:
    assert isinstance(event, yaml.NodeEvent)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise spot.wrong("anchors and aliases are not understood; write it out where it is meant")
    assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
    if event.tag not in (None, "!"):
        raise spot.wrong(f"the tag '{shown(event.tag)}' is not understood; leave it out")
    if depth > DEPTH_MAX:
        raise spot.wrong(f"nested more than {DEPTH_MAX} deep; no drill needs that")
    match event:
        case yaml.ScalarEvent():
            if _NO_TEXT.search(event.value):
                raise spot.wrong(f"'{shown(event.value)}' holds a character that is no text; leave it out")
            return Text(spot, event.value.strip(), event.style is None)
        case yaml.SequenceStartEvent():
            return _items(events, spot, depth)
        case _:
            return _block(events, spot, depth)


def _items(events: Iterator[yaml.Event], spot: Spot, depth: int) -> Items:
    items: list[Node] = []
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        below = Spot(_line(event), f"{spot.field}[{len(items)}]")
        items.append(_node(event, events, below, depth + 1))
    return Items(spot, tuple(items))


def _block(events: Iterator[yaml.Event], spot: Spot, depth: int) -> Block:
    entries: dict[str, Node] = {}
    spots: dict[str, Spot] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        key = _node(event, events, Spot(_line(event), spot.field), depth + 1)
        if not isinstance(key, Text):
            raise key.spot.wrong("a list or block stands where a word must; write `word: value`")
        below = spot.below(shown(key.text), key.spot.line)
        if len(key.text) > KEY_MAX:
            raise below.wrong(f"a word of {len(key.text)} characters; no word has more than {KEY_MAX}")
        if key.text in entries:
            raise below.wrong(f"written twice, first in line {spots[key.text].line}; keep one")
        spots[key.text] = below
        value = next(events)
        entries[key.text] = _node(value, events, Spot(_line(value), below.field), depth + 1)
    return Block(spot, entries, spots)


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 0


def _not_yaml(error: yaml.MarkedYAMLError) -> DrillError:
    said = " ".join(part for part in (error.context, error.problem) if part)
    remedy = next((text for sign, text in _REMEDIES.items() if sign in said), "")
    opened = "quoted scalar" in said or "expected ','" in said  # then the line to mend is where it was opened
    mark = error.context_mark if opened and error.context_mark else error.problem_mark or error.context_mark
    line = int(mark.line) + 1 if mark else 0
    return DrillError(remedy or f"this is not YAML ({printable(said)}); mend this line", line=line)
