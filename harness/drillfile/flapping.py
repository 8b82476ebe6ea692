"""The word `flapping`: a fault of links that goes on and off until its step ends."""

from __future__ import annotations

import re

from harness.drillfile.fields import AT, UNTIL
from harness.drillfile.tree import Node, shown
from harness.drillfile.words import Field, Kind, Words, nested, span, text_of
from harness.model.drill import Flapping
from harness.model.units import duration

FLAPS_MAX = 100
# Shorter than this nobody could say whether it was on: it is seen to bite each time.
_PART_MIN_S = 0.3
_PERCENT = re.compile(r"(\d{1,2})\s*%")


def _duty(node: Node) -> float:
    text = text_of(node, "a share like 50%").strip()
    match = _PERCENT.fullmatch(text)
    if match is None or not int(match[1]):
        raise node.spot.wrong(f"'{shown(text)}' is no share from 1% to 99%; write for instance 50%")
    return int(match[1]) / 100


_PERIOD: Field[float] = Field(
    name="period",
    kind=span(2 * _PART_MIN_S, 600.0),
    help="how often it comes on",
    example="2s",
    required=True,
)
_DUTY: Field[float] = Field(
    name="duty",
    kind=Kind(_duty, {"type": "string", "pattern": rf"^\s*{_PERCENT.pattern}\s*$"}),
    help="for how much of each period it is on",
    example="50%",
    default=0.5,
    written="50%",
)
_FLAPS = nested("flapping", (_PERIOD, _DUTY))
FLAPPING: Field[Words | None] = Field(
    name="flapping",
    kind=Kind(_FLAPS.read, _FLAPS.schema, fields=_FLAPS.fields),
    help="it goes on and off, on first, each time a fault of its own with its own evidence",
    example="{period: 2s, duty: 50%}",
    written="once, from `at` to `until`",
)


def flapping(words: Words) -> Flapping | None:
    """What is written, where a drill can keep to it."""
    inner = words[FLAPPING]
    if inner is None:
        return None
    period_s, on_s = inner[_PERIOD], round(inner[_PERIOD] * inner[_DUTY], 6)
    if min(on_s, period_s - on_s) < _PART_MIN_S:
        raise words.wrong(
            FLAPPING,
            f"on for {duration(on_s)} of {duration(period_s)}: each part lasts {duration(_PART_MIN_S)} or "
            "more, so that it can be seen to bite; write a longer period",
        )
    times = (words[UNTIL] - words[AT].low_s) / period_s
    if times > FLAPS_MAX:
        raise words.wrong(FLAPPING, f"it would come on {times:.0f} times; {FLAPS_MAX} are the most")
    return Flapping(period_s=period_s, on_s=on_s)
