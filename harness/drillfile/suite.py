"""The tree of a suite file: which drills, and how many trials of each. Finds no file."""

from __future__ import annotations

from msgspec import Struct

from harness.drillfile.drill import TRIALS
from harness.drillfile.tree import Block, Items, Node, Spot
from harness.drillfile.words import NAME, Field, Kind, read_fields, text_of

DRILLS_MAX = 200

_FILE: Field[str] = Field(
    name="file",
    kind=Kind(lambda node: text_of(node, "a file's name"), {"type": "string"}),
    help="a drill file, seen from the suite's folder",
    example="../kill-primary.yaml",
    default="",
)
_CATALOGUED: Field[str] = Field(
    name="name", kind=NAME, help="a drill of the catalogue", example="kill-primary", default=""
)
_TRIALS: Field[int] = Field(name="trials", kind=TRIALS.kind, help=TRIALS.help, example="3", default=0)


class Entry(Struct, frozen=True, kw_only=True):
    """One drill of a suite. Either file or name; trials 0 leaves the drill's own number."""

    file: str
    name: str
    trials: int
    spot: Spot


def is_suite(top: Node) -> bool:
    return isinstance(top, Block) and "suite" in top.entries


def read_suite(top: Node) -> tuple[Entry, ...]:
    """Raises DrillError without a path."""
    words = read_fields(top, "a suite", (_SUITE, _DRILLS))
    return words[_DRILLS]


def _entries(node: Node) -> tuple[Entry, ...]:
    if not isinstance(node, Items) or not node.items:
        raise node.spot.wrong("drills are a list; begin each with '- ', like - name: kill-primary")
    if len(node.items) > DRILLS_MAX:
        raise node.items[DRILLS_MAX].spot.wrong(f"more than {DRILLS_MAX} drills; make two suites of it")
    return tuple(_entry(item) for item in node.items)


def _entry(node: Node) -> Entry:
    words = read_fields(node, "a suite's drill", (_CATALOGUED, _FILE, _TRIALS))
    if bool(words[_FILE]) == bool(words[_CATALOGUED]):
        raise node.spot.wrong("name one drill: `name: kill-primary` of the catalogue, or `file: mine.yaml`")
    return Entry(file=words[_FILE], name=words[_CATALOGUED], trials=words[_TRIALS], spot=node.spot)


_SUITE: Field[str] = Field(name="suite", kind=NAME, help="its name", example="flagship", required=True)
_DRILLS: Field[tuple[Entry, ...]] = Field(
    name="drills",
    kind=Kind(_entries, {"type": "array"}),
    help="which drills it runs, in this order",
    example="[{name: kill-primary, trials: 3}]",
    required=True,
)
