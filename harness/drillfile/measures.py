"""What a drill can expect, and how a bound is written: times over the trials, counts and spans in each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from harness.drillfile.tree import Block, Node, shown
from harness.drillfile.words import DURATION_MAX_S, Kind, nearest, span, text_of, whole
from harness.model.drill import Expectation, Json, Measure

COUNT_MAX = 10**9
BOUND = "bound"
NEVER = "never"
SEEN = "seen"
LEAST = "min"
QUANTILES: Mapping[str, float] = {"max": 1.0, "p99": 0.99, "p95": 0.95, "p90": 0.9, "p50": 0.5}

_COUNT = whole(0, COUNT_MAX)
_SPAN = span(0.0, DURATION_MAX_S)
_BOUND_SCHEMA: dict[str, Json] = {"const": BOUND, "description": "what the target itself promises"}
_SEEN_SCHEMA: dict[str, Json] = {
    "const": SEEN,
    "description": "the drill is there to show it: seen in a trial at least",
}


class Expected(Struct, frozen=True, kw_only=True):
    """A measure as a person may bound it. example: what stands behind its name."""

    help: str
    example: str
    kind: Kind[tuple[Expectation, ...]]


def read_expectations(node: Node) -> tuple[Expectation, ...]:
    """The whole block, in the order of the file."""
    if not isinstance(node, Block) or not node.entries:
        raise node.spot.wrong(
            "nothing is judged; write what must hold, like {lost_writes: 0, split_brain: never}"
        )
    found: list[Expectation] = []
    for word, entry in node.entries.items():
        if word not in _BY_WORD:
            raise node.spots[word].wrong(f"unknown measure '{shown(word)}'; {nearest(word, MEASURES)}")
        found += _BY_WORD[word].kind.read(entry)
    return tuple(found)


def _limit(node: Node, kind: Kind[float] | Kind[int]) -> float | None:
    """None is the target's own bound."""
    if text_of(node, f"a limit, or {BOUND}") == BOUND:
        return None
    return float(kind.read(node))


def _time(measure: Measure) -> Kind[tuple[Expectation, ...]]:
    def read(node: Node) -> tuple[Expectation, ...]:
        if not isinstance(node, Block) or not node.entries:
            raise node.spot.wrong("say of which trials: {max: 1s} is all of them, {p90: 1s} nine of ten")
        for word, spot in node.spots.items():
            if word not in (*QUANTILES, LEAST):
                raise spot.wrong(f"unknown quantile '{shown(word)}'; {nearest(word, (*QUANTILES, LEAST))}")
        return tuple(
            Expectation(measure=measure, limit=float(_SPAN.read(entry)), at_least=True)
            if word == LEAST
            else Expectation(measure=measure, quantile=QUANTILES[word], limit=_limit(entry, _SPAN))
            for word, entry in node.entries.items()
        )

    value: dict[str, Json] = {"anyOf": [_BOUND_SCHEMA, dict(_SPAN.schema)]}
    properties: dict[str, Json] = {
        **dict.fromkeys(QUANTILES, value),
        LEAST: {**_SPAN.schema, "description": "in no trial less: what the drill is there to show"},
    }
    return Kind(
        read,
        {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": properties},
    )


def _most(measure: Measure, kind: Kind[float] | Kind[int]) -> Kind[tuple[Expectation, ...]]:
    def read(node: Node) -> tuple[Expectation, ...]:
        if text_of(node, f"a limit, {BOUND} or {SEEN}") == SEEN:
            return (_seen(measure),)
        return (Expectation(measure=measure, limit=_limit(node, kind)),)

    return Kind(read, {"anyOf": [_BOUND_SCHEMA, _SEEN_SCHEMA, dict(kind.schema)]})


def _seen(measure: Measure) -> Expectation:
    return Expectation(measure=measure, limit=0.0, seen=True)


_RANGE = re.compile(r"(\d{1,9})\.\.(\d{1,9})")


def _exactly(measure: Measure) -> Kind[tuple[Expectation, ...]]:
    """Or from one number to another."""

    def read(node: Node) -> tuple[Expectation, ...]:
        between = _RANGE.fullmatch(text_of(node, "a count like 1, or 0..2"))
        least, most = map(int, between.groups()) if between else (_COUNT.read(node),) * 2
        if most < least:
            raise node.spot.wrong(f"{least}..{most} ends before it begins; write {most}..{least}")
        limit = Expectation(measure=measure, limit=float(most))
        return (limit, Expectation(measure=measure, limit=float(least), at_least=True)) if least else (limit,)

    schema: dict[str, Json] = {"type": "string", "pattern": f"^{_RANGE.pattern}$"}
    return Kind(read, {"anyOf": [dict(_COUNT.schema), schema]})


def _never(measure: Measure) -> Kind[tuple[Expectation, ...]]:
    def read(node: Node) -> tuple[Expectation, ...]:
        word = text_of(node, f"{NEVER} or {SEEN}")
        if word not in (NEVER, SEEN):
            raise node.spot.wrong(f"'{shown(word)}' is no bound for it; write {NEVER}, or {SEEN}")
        return (_seen(measure) if word == SEEN else Expectation(measure=measure, limit=0.0),)

    return Kind(read, {"anyOf": [{"const": NEVER}, _SEEN_SCHEMA]})


MEASURES: Mapping[Measure, Expected] = {
    "detection_time": Expected(
        help="from the fault to the controller's own decision that the primary has failed",
        example="{max: bound}",
        kind=_time("detection_time"),
    ),
    "outage": Expected(
        help="from the fault until clients write again, counted from when the load wanted to",
        example="{p90: 300ms}",
        kind=_time("outage"),
    ),
    "rejoin_time": Expected(
        help="from the end of the fault until its victim is in step again",
        example="{max: 5s}",
        kind=_time("rejoin_time"),
    ),
    "lost_writes": Expected(
        help="acknowledged writes that the final read lacks", example="0", kind=_most("lost_writes", _COUNT)
    ),
    "rpo": Expected(
        help="how far back the oldest lost write lies from the fault, or from the newest acknowledged one",
        example="0s",
        kind=_most("rpo", _SPAN),
    ),
    "split_brain": Expected(
        help="two nodes that serve at once, or an old primary that serves after the new one",
        example=NEVER,
        kind=_never("split_brain"),
    ),
    "stale_reads": Expected(
        help="reads of what was surely overwritten before they were sent",
        example="0",
        kind=_most("stale_reads", _COUNT),
    ),
    "false_failovers": Expected(
        help="new epochs that no fault should have caused", example="0", kind=_most("false_failovers", _COUNT)
    ),
    "failovers": Expected(
        help="new epochs in a trial: so many, no more, no fewer; `0..1` is from none to one",
        example="1",
        kind=_exactly("failovers"),
    ),
    "phantom_writes": Expected(
        help="values that are there though they failed, or were never written",
        example="0",
        kind=_most("phantom_writes", _COUNT),
    ),
}
_BY_WORD: Mapping[str, Expected] = {f"{name}": expected for name, expected in MEASURES.items()}
EXPECT: Kind[tuple[Expectation, ...]] = Kind(
    read_expectations,
    {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            name: {**expected.kind.schema, "description": expected.help}
            for name, expected in _BY_WORD.items()
        },
    },
)
