"""The tree of a drill file -> a Drill. Knows the words of the file, and neither hosts nor targets."""

from __future__ import annotations

from typing import Any

from harness.drillfile import load as of_load
from harness.drillfile.measures import EXPECT
from harness.drillfile.steps import STEPS
from harness.drillfile.tree import Block, Node, lines, plain, shown
from harness.drillfile.words import NAME, TARGET, Field, Kind, choice, read_fields, whole
from harness.model.drill import Drill, Expectation, Json, Load, Missed, Step, Via

TRIALS_MAX = 100_000
SEED_MAX = 2**63 - 1


def read_drill(top: Node, *, path: str, story: str) -> Drill:
    """Raises DrillError without a path."""
    words = read_fields(top, "a drill", FIELDS)
    return Drill(
        name=words[_NAME],
        path=path,
        story=story,
        target=words[_TARGET],
        settings=words[_SETTINGS],
        load=words[_LOAD],
        clients=words[_CLIENTS],
        trials=words[TRIALS],
        steps=words[_STEPS],
        expect=words[_EXPECT],
        seed=words[_SEED],
        missed=words[_MISSED],
        lines=lines(top),
    )


def _settings(node: Node) -> dict[str, dict[str, Json]]:
    """Every target's block, as it was written: only the target knows its words."""
    return {name: _words_of(block, name) for name, block in _block(node, "reference").entries.items()}


def _words_of(node: Node, target: str) -> dict[str, Json]:
    return {word: plain(entry) for word, entry in _block(node, shown(target)).entries.items()}


def _block(node: Node, target: str) -> Block:
    if not isinstance(node, Block):
        raise node.spot.wrong(
            f"settings are a block of words by target, like {{{target}: {{replication: sync}}}}"
        )
    return node


_NAME: Field[str] = Field(
    name="drill",
    kind=NAME,
    help="its name; the folder of a run carries it",
    example="kill-primary",
    required=True,
)
_TARGET: Field[str] = Field(
    name="target",
    kind=TARGET,
    help="the system under drill; `failover-drill targets` lists them; or a stack file, seen from here",
    example="reference",
    required=True,
)
_SETTINGS: Field[dict[str, dict[str, Json]]] = Field(
    name="settings",
    kind=Kind(_settings, {"type": "object", "additionalProperties": {"type": "object"}}),
    help="of the target, in a block by its name; blocks of other targets are ignored",
    example="{reference: {replication: sync}}",
    default={},
)
_LOAD: Field[Load] = Field(
    name="load",
    kind=of_load.LOAD,
    help="what the clients do meanwhile",
    example="{writers: 4, rate: 50/s}",
    default=Load(),
)
_CLIENTS: Field[dict[str, Via]] = Field(
    name="clients",
    kind=of_load.CLIENTS,
    help="which way a client goes; without a word through the router, or by discovery where there is none",
    example="{client/1: {via: primary}}",
    default={},
)
TRIALS: Field[int] = Field(
    name="trials",
    kind=whole(1, TRIALS_MAX),
    help="how often the steps are gone through, in one warm stack; p90 needs 29, p95 59, p99 299",
    example="30",
    default=1,
    written="1",
)
_SEED: Field[int | None] = Field(
    name="seed",
    kind=Kind(whole(0, SEED_MAX).read, whole(0, SEED_MAX).schema),
    help="what a run draws from where --seed names none: phases, and all chance in the simulator",
    example="4711",
    written="drawn anew for each run",
)
_MISSED: Field[Missed] = Field(
    name="missed",
    kind=choice(
        {
            "abandon": "the trial is healed and ended there: it proves nothing",
            "go on": "it is left out, and the steps after it go on",
        }
    ),
    help="when a step misses: its moment never comes, its role is nobody's, or nothing is there to hit",
    example="go on",
    default="abandon",
    written="abandon",
)
_STEPS: Field[tuple[Step, ...]] = Field(
    name="steps",
    kind=STEPS,
    help="what is done in each trial, in this order",
    example="[{kill: primary, until: 3s}]",
    required=True,
)
_EXPECT: Field[tuple[Expectation, ...]] = Field(
    name="expect", kind=EXPECT, help="what must hold", example="{lost_writes: 0}", required=True
)
FIELDS: tuple[Field[Any], ...] = (
    *(_NAME, _TARGET, _SETTINGS, _LOAD, _CLIENTS, TRIALS, _SEED, _MISSED, _STEPS, _EXPECT),
)
