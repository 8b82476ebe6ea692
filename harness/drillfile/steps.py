"""The list of steps: which verb each begins with, and its words. Checks no role and no target."""

from __future__ import annotations

from harness.drillfile.tree import Block, Items, Node, shown
from harness.drillfile.verb import Verb
from harness.drillfile.verbs import VERBS
from harness.drillfile.words import Kind, nearest, object_schema, read_fields, text_of
from harness.model.drill import Json, Step
from harness.model.errors import DrillError

STEPS_MAX = 100


def _read(node: Node) -> tuple[Step, ...]:
    if not isinstance(node, Items) or not node.items:
        raise node.spot.wrong("steps are a list; begin each with '- ', like - kill: primary")
    if len(node.items) > STEPS_MAX:
        raise node.items[STEPS_MAX].spot.wrong(f"more than {STEPS_MAX} steps; make two drills of it")
    return tuple(_step(item) for item in node.items)


def _step(node: Node) -> Step:
    verb = _verb(node)
    return verb.build(read_fields(node, f"the step {verb.name}", verb.all_fields))


def _verb(node: Node) -> Verb:
    if not isinstance(node, Block):
        word = text_of(node, "a step like kill: primary")
        meant = VERBS.get(word, VERBS["kill"]).example.splitlines()[0]
        raise node.spot.wrong(f"'{shown(word)}' alone is no step; write it like {meant}")
    verbs = [word for word in node.entries if word in VERBS]
    if len(verbs) > 1:
        raise node.spots[verbs[1]].wrong(
            f"a step has one verb, here are {verbs[0]} and {verbs[1]}; make two of it"
        )
    if not verbs:
        raise _no_verb(node)
    return VERBS[verbs[0]]


def _no_verb(node: Block) -> DrillError:
    """Names the word that is most likely meant for a verb."""
    beside = {field.name for verb in VERBS.values() for field in verb.fields}
    odd = [word for word in node.entries if word not in beside]
    if not odd:
        return node.spot.wrong(f"a step without a verb; begin it with one of {', '.join(VERBS)}")
    return node.spots[odd[0]].wrong(f"unknown step '{shown(odd[0])}'; {nearest(odd[0], VERBS)}")


def _schema(verb: Verb) -> dict[str, Json]:
    return {**object_schema(verb.all_fields), "description": f"{verb.summary}. {verb.does}"}


STEPS: Kind[tuple[Step, ...]] = Kind(
    _read,
    {
        "type": "array",
        "minItems": 1,
        "maxItems": STEPS_MAX,
        "items": {"oneOf": [_schema(verb) for verb in VERBS.values()]},
    },
)
