"""The verb `exec`: any command on a host, for what no other step says."""

from __future__ import annotations

import shlex

from harness.drillfile.fields import AT
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.tree import Items, Node, shown
from harness.drillfile.verb import Verb, trigger
from harness.drillfile.words import WORD, Field, Kind, Words, nested, span, text_of
from harness.model.drill import ExecStep, Step

_WORDS_MAX = 50
# The engine's own answer is not waited for much longer.
_WITHIN_MAX_S = 15.0


def _argv(node: Node) -> tuple[str, ...]:
    """One line as a shell would split it, or a list of words. There is no shell: write sh -c for one."""
    if isinstance(node, Items):
        words = [text_of(item, "a word of a command") for item in node.items]
    else:
        line = text_of(node, "a command")
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise node.spot.wrong(f"'{shown(line)}' is no command: {error}".lower()) from error
    if not 0 < len(words) <= _WORDS_MAX:
        raise node.spot.wrong(f"a command has 1 to {_WORDS_MAX} words; write for instance redis-cli ping")
    return tuple(words)


_HOST: Field[str] = Field(
    name="on", kind=WORD, help="where: a role or a host", example="standby", required=True
)
_RUN: Field[tuple[str, ...]] = Field(
    name="run",
    kind=Kind(
        _argv,
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "array", "items": {"type": "string"}}]},
    ),
    help="the command, a line or a list of words; without a shell, unless it begins with sh -c",
    example="redis-cli replicaof no one",
    required=True,
)
_WITHIN: Field[float] = Field(
    name="within",
    kind=span(0.1, _WITHIN_MAX_S),
    help="how long it may take; then it is ended, and the trial unknown",
    example="5s",
    default=5.0,
    written="5s",
)
_EXEC: Field[Words] = Field(
    name="exec",
    kind=nested("a command to run", (_HOST, _RUN, _WITHIN)),
    help="a block: on, run, within",
    example="{on: standby, run: redis-cli replicaof no one}",
    required=True,
)


def _exec(words: Words) -> Step:
    inner = words[_EXEC]
    return ExecStep(
        host=inner[_HOST], argv=inner[_RUN], within_s=inner[_WITHIN], at=words[AT], on=trigger(words)
    )


EXEC = Verb(
    head=_EXEC,
    fields=(AT, ON, ON_WITHIN),
    build=_exec,
    summary="run any command on a host",
    does="In the service's own container, as its user: what a person would type there. Its output and exit "
    "code are in the journal; one that fails, or takes too long, makes the trial unknown. Nothing takes back "
    "what it did: who needs that runs another one. What it brings about counts as nobody's fault.",
    example="- exec: {on: standby, run: redis-cli replicaof no one}\n  at: 1s..2s",
)
