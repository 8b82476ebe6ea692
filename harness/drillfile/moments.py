"""The moments that a step can count from: phases that every world hears, acts that show only from inside.

Knows which acts there are, not what a target sends or keeps: that the planner asks the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.drillfile.tree import Block, Node, Text, shown
from harness.drillfile.words import WORD, Field, Kind, Words, choice, object_schema, read_fields, span, whole
from harness.model.drill import Json, Trigger
from harness.model.event import PhaseName
from harness.model.moment import REGISTER, TELLS

NTH_MAX = 1_000_000
WITHIN_S = 20.0

PHASES: dict[PhaseName, str] = {
    "suspected": "one that watches holds the primary for failed",
    "decided": "the quorum has confirmed it: a failover begins",
    "elected": "one that watches was chosen to lead the failover",
    "lease_over": "a majority's leases of the old primary are over",
    "fenced": "the old primary was seen to be off",
    "promoted": "the next one serves",
    "redirected": "the router points at it",
    "validated": "a canary went through",
    "rejoined": "a node is in step again",
}
_TOLD: dict[str, str] = {
    **{f"{phase}": meaning for phase, meaning in PHASES.items()},
    REGISTER: "a host has learned of a change of the cluster's register",
}
# Act -> what it means; behind each stands a word of the target.
ACTS: Mapping[str, str] = {
    TELLS: f"one of the phases, or {REGISTER}; the only act that every world hears",
    "sends": "a message, by its name",
    "receives": "a message: its machine takes it",
    "persists": "what must not be forgotten: on disk before anything else is done",
    "appends": "records, handed to the disk",
    "syncs": "records, which the disk has now",
    "does": "anything else, by the target's name for it",
}


def _act(act: str, meaning: str) -> Field[str]:
    kind = choice(_TOLD) if act == TELLS else WORD
    return Field(name=act, kind=kind, help=meaning, example="decided", default="")


ACT_FIELDS: Mapping[str, Field[str]] = {act: _act(act, meaning) for act, meaning in ACTS.items()}
OF_HOST: Field[str] = Field(
    name="host",
    kind=WORD,
    help="whose act: a role or a host",
    example="witness/2",
    default="",
    written="anybody's",
)
NTH: Field[int] = Field(
    name="nth",
    kind=whole(1, NTH_MAX),
    help="which of them, counted from when the step is due",
    example="3",
    default=1,
    written="1",
)
_BLOCK: tuple[Field[Any], ...] = (*ACT_FIELDS.values(), OF_HOST, NTH)
_POINT: tuple[Field[Any], ...] = (*ACT_FIELDS.values(), NTH)
# An act, its word, and which of many.
Point = tuple[str, str, int]
_WRITE = "write a phase like decided, or an act like {sends: Granted, nth: 3}"


def one_act(words: Words) -> tuple[str, str]:
    """The act of a block, and its word. Raises DrillError for none and for two."""
    written = [act for act in ACTS if act in words.block.entries]
    if len(written) > 1:
        second = ACT_FIELDS[written[1]]
        raise words.wrong(second, f"a moment is one act, here are {written[0]} and {written[1]}; keep one")
    if not written:
        raise words.block.spot.wrong(f"a moment needs an act: one of {', '.join(ACTS)}")
    return written[0], words[ACT_FIELDS[written[0]]]


def block_schema(fields: tuple[Field[Any], ...]) -> dict[str, Json]:
    """A block with exactly one act."""
    return {**object_schema(fields), "oneOf": [{"required": [act]} for act in ACTS]}


def _point(node: Node) -> Point:
    words = read_fields(node, "a point", _POINT)
    return *one_act(words), words[NTH]


def _moment(node: Node) -> Trigger:
    if isinstance(node, Block):
        words = read_fields(node, "a moment", _BLOCK)
        act, what = one_act(words)
        return Trigger(act=act, what=what, host=words[OF_HOST], nth=words[NTH], within_s=WITHIN_S)
    if not isinstance(node, Text) or not node.text:
        raise node.spot.wrong(f"here stands no moment; {_WRITE}")
    if node.text in ACTS:
        raise node.spot.wrong(f"'{shown(node.text)}' alone is no moment; {_WRITE}")
    return Trigger(act=TELLS, what=choice(PHASES).read(node), within_s=WITHIN_S)


ON: Field[Trigger | None] = Field(
    name="on",
    kind=Kind(_moment, {"anyOf": [{"enum": list(PHASES)}, block_schema(_BLOCK)]}),
    help="what its times count from in place of the last met wait: `failover-drill faults moments`",
    example="decided",
    written="the last met wait",
)
ON_WITHIN: Field[float] = Field(
    name="within",
    kind=span(0.001),
    help="how long the moment is waited for; one that never comes makes the trial unknown",
    example="20s",
    default=0.0,
    written="20s",
)


def _side(name: str, example: str) -> Field[Point | None]:
    return Field(
        name=name,
        kind=Kind(_point, block_schema(_POINT)),
        help=f"it dies right {name} this act of its: `failover-drill faults moments`",
        example=example,
        written="none",
    )


BEFORE = _side("before", "{sends: Seal}")
AFTER = _side("after", "{persists: register, nth: 2}")
