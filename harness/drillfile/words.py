"""What a word may hold: kinds of values, each with its reader and its JSON Schema, and fields made of them.

A field is said once: the reader, the schema for editors and the help for people come from the same line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct

from harness.drillfile.tree import Block, Items, Node, Text, shown
from harness.model.drill import Json, Window
from harness.model.errors import DrillError
from harness.model.units import UNITS_S, duration, rate_per_s, seconds
from harness.roles import REST

T = TypeVar("T")
W = TypeVar("W", bound=str)

DURATION_MAX_S = 3600.0
WORD_MAX = 100
SIDES_MAX = 16
HOSTS_OF_A_SIDE_MAX = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_STACK_FILES = (".yaml", ".yml")
_DURATION_PATTERN = rf"\d+(\.\d+)?\s*({'|'.join(UNITS_S)})"


class Kind(Struct, Generic[T], frozen=True):
    """read: raises DrillError without a path. choices: every word there is, with its meaning.

    fields: the words of a block.
    """

    read: Callable[[Node], T]
    schema: Mapping[str, Json]
    choices: Mapping[str, str] = {}
    fields: tuple[Field[Any], ...] = ()


class Field(Struct, Generic[T], frozen=True, kw_only=True):
    """A word and what may stand behind it. written: the default as a person would write it.

    example: what a person could write; shown where the word is missing.
    """

    name: str
    kind: Kind[T]
    help: str
    example: str
    required: bool = False
    default: T | None = None
    written: str = ""


class Words(Struct, frozen=True):
    """The fields of one block, read."""

    block: Block
    values: Mapping[str, object]

    def __getitem__(self, field: Field[T]) -> T:
        return cast(T, self.values[field.name])

    def wrong(self, field: Field[Any], problem: str) -> DrillError:
        """Points at the word, else at the block that lacks it."""
        entry = self.block.entries.get(field.name)
        return (entry.spot if entry else self.block.spot).wrong(problem)


def read_fields(node: Node, what: str, fields: Sequence[Field[Any]]) -> Words:
    """what: the block's name for a person, like `a load`. Unknown and missing words are errors."""
    block = block_of(node, what, fields[0])
    known = [field.name for field in fields]
    for word, spot in block.spots.items():
        if word not in known:
            raise spot.wrong(f"{what} has no word '{shown(word)}'; {nearest(word, known)}")
    return Words(block, {field.name: _value(block, what, field) for field in fields})


def _value(block: Block, what: str, field: Field[Any]) -> object:
    entry = block.entries.get(field.name)
    if entry is not None:
        return field.kind.read(entry)
    if field.required:
        # On top there is no field around it to name.
        spot = block.spot if block.spot.field else block.spot.below(field.name, block.spot.line)
        raise spot.wrong(f"{what} needs the word '{field.name}'; write `{field.name}: {field.example}`")
    return field.default


def block_of(node: Node, what: str, example: Field[Any]) -> Block:
    if isinstance(node, Block):
        return node
    raise node.spot.wrong(
        f"{what} is a block of words; write for instance {{{example.name}: {example.example}}}"
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean 'kill'?`, or every word there is."""
    words = list(known)
    near = difflib.get_close_matches(word[:WORD_MAX], words, n=1, cutoff=0.5)
    return f"did you mean '{near[0]}'?" if near else f"there are {', '.join(words)}"


def text_of(node: Node, wanted: str) -> str:
    """One word. wanted: what it should be, like `a role or a host`."""
    if not isinstance(node, Text):
        kind = "a list" if isinstance(node, Items) else "a block"
        raise node.spot.wrong(f"{kind} stands where {wanted} must; write one word")
    if not node.text or (node.plain and node.text in ("~", "null")):
        raise node.spot.wrong(f"nothing stands where {wanted} must; write it behind the ':'")
    if len(node.text) > WORD_MAX:
        raise node.spot.wrong(f"'{shown(node.text)}' is too long; {wanted} has at most {WORD_MAX} characters")
    return node.text


def nested(what: str, fields: Sequence[Field[Any]]) -> Kind[Words]:
    """A block of words behind a word."""
    return Kind(lambda node: read_fields(node, what, fields), object_schema(fields), fields=tuple(fields))


def object_schema(fields: Sequence[Field[Any]]) -> dict[str, Json]:
    """JSON Schema of a block."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in fields if field.required],
        "properties": {field.name: field_schema(field) for field in fields},
    }


def field_schema(field: Field[Any]) -> dict[str, Json]:
    default: dict[str, Json] = {"default": field.written} if isinstance(field.default, str) else {}
    return {**field.kind.schema, "description": field.help, **default}


# --- kinds ------------------------------------------------------------------------------------------


def choice(words: Mapping[W, str]) -> Kind[W]:
    """One of these words, each with its meaning."""

    def read(node: Node) -> W:
        written = text_of(node, f"one of {', '.join(words)}")
        for word in words:
            if word == written:
                return word
        raise node.spot.wrong(f"unknown word '{shown(written)}'; {nearest(written, words)}")

    schema: dict[str, Json] = {"type": "string", "enum": list(words)}
    return Kind(read, schema, {f"{word}": meaning for word, meaning in words.items()})


def whole(least: int, most: int) -> Kind[int]:
    def read(node: Node) -> int:
        text = text_of(node, "a whole number")
        if not text.isascii() or not text.isdecimal() or not least <= int(text) <= most:
            raise node.spot.wrong(f"'{shown(text)}' is no whole number from {least} to {most}")
        return int(text)

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def span(least_s: float, most_s: float = DURATION_MAX_S) -> Kind[float]:
    """A duration within limits."""

    def read(node: Node) -> float:
        value_s = _seconds(node, text_of(node, "a duration like 100ms"))
        if not least_s <= value_s <= most_s:
            limits = f"from {duration(least_s)} to {duration(most_s)}"
            raise node.spot.wrong(f"'{shown(text_of(node, ''))}' is not {limits}; write for instance 3s")
        return value_s

    return Kind(read, {"type": "string", "pattern": rf"^\s*{_DURATION_PATTERN}\s*$"})


def rate(least: float, most: float) -> Kind[float]:
    def read(node: Node) -> float:
        text = text_of(node, "a rate like 50/s")
        try:
            value = rate_per_s(_digits(text))
        except ValueError as error:
            raise node.spot.wrong(f"{error}") from error
        if not least <= value <= most:
            raise node.spot.wrong(
                f"'{shown(text)}' is not from {least:g}/s to {most:g}/s; write for instance 50/s"
            )
        return value

    return Kind(read, {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*/\s*(s|m|h)\s*$"})


def _window(node: Node) -> Window:
    low, dots, high = text_of(node, "a time like 2s or 1s..2s").partition("..")
    window = Window(_seconds(node, low), _seconds(node, high if dots else low))
    if window.high_s < window.low_s:
        raise node.spot.wrong(f"{low}..{high} ends before it begins; write {high}..{low}")
    if window.high_s > DURATION_MAX_S:
        raise node.spot.wrong(
            f"'{shown(high or low)}' is more than {duration(DURATION_MAX_S)}; nobody waits so long"
        )
    return window


def _seconds(node: Node, text: str) -> float:
    try:
        return seconds(_digits(text))
    except ValueError as error:
        raise node.spot.wrong(f"{error}") from error


def _digits(text: str) -> str:
    """Harmless to show, should the parser of units refuse it."""
    return shown(text)


def _name(node: Node) -> str:
    text = text_of(node, "a name")
    if not _NAME.fullmatch(text):
        raise node.spot.wrong(
            f"'{shown(text)}' is no name; write letters, digits, '-', '_' and '.', like kill-primary"
        )
    return text


def _target(node: Node) -> str:
    text = text_of(node, "a target's name, or a stack file")
    return text if "/" in text or text.endswith(_STACK_FILES) else _name(node)


def _word(node: Node) -> str:
    return text_of(node, "a role like primary, or a host")


def _side(node: Node) -> tuple[str, ...]:
    if not isinstance(node, Items):
        return (_word(node),)
    words = tuple(_word(item) for item in node.items)
    if not words:
        raise node.spot.wrong("an empty side; write who is on it, like [primary, client/1]")
    if len(words) > HOSTS_OF_A_SIDE_MAX:
        raise node.spot.wrong(
            f"more than {HOSTS_OF_A_SIDE_MAX} words on a side; use words like witnesses, clients, rest"
        )
    twice = next((word for word in words if words.count(word) > 1), "")
    if twice:
        raise node.spot.wrong(f"'{shown(twice)}' is written twice; once is enough")
    if REST in words and len(words) > 1:
        raise node.spot.wrong(f"'{REST}' is all that no side names; let it stand alone: [[primary], {REST}]")
    return words


def _sides(node: Node) -> tuple[tuple[str, ...], ...]:
    if not isinstance(node, Items) or len(node.items) < 2:
        raise node.spot.wrong(f"write at least two sides, like [[primary, client/1], {REST}]")
    if len(node.items) > SIDES_MAX:
        raise node.spot.wrong(f"more than {SIDES_MAX} sides; leave some to {REST}")
    sides = tuple(_side(item) for item in node.items)
    for index, side in enumerate(sides):
        both = next((word for word in side if any(word in other for other in sides[:index])), "")
        if both:
            raise node.items[index].spot.wrong(
                f"'{shown(both)}' is on another side already; nobody is on two"
            )
    return sides


_WORD_SCHEMA: Mapping[str, Json] = {"type": "string", "minLength": 1, "maxLength": WORD_MAX}
_SIDE_SCHEMA: Mapping[str, Json] = {
    "anyOf": [
        dict(_WORD_SCHEMA),
        {"type": "array", "items": dict(_WORD_SCHEMA), "minItems": 1, "maxItems": HOSTS_OF_A_SIDE_MAX},
    ]
}
NAME = Kind(_name, {"type": "string", "pattern": f"^{_NAME.pattern}$"})
# A name, or a path: it has a slash, or ends like a stack file.
TARGET = Kind(_target, {"type": "string", "pattern": rf"^({_NAME.pattern}|.*/.*|.*\.ya?ml)$"})
WORD = Kind(_word, _WORD_SCHEMA)
WINDOW = Kind(
    _window, {"type": "string", "pattern": rf"^\s*{_DURATION_PATTERN}(\s*\.\.\s*{_DURATION_PATTERN})?\s*$"}
)
SIDE = Kind(_side, _SIDE_SCHEMA)
SIDES = Kind(
    _sides,
    {"type": "array", "items": dict(_SIDE_SCHEMA), "minItems": 2, "maxItems": SIDES_MAX},
)
