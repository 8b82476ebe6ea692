"""Every step that a drill can take: its verb, its words, and how they become a step.

The reader, the JSON Schema and `failover-drill faults` all come from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import structs

from harness.drillfile.crash import CRASH
from harness.drillfile.fields import (
    AT,
    BOTH_WAYS,
    DELAY,
    DIRECTION,
    FOR,
    HOST,
    HOW,
    JITTER,
    SCOPE,
    SHAPE,
    SIDES_MIN,
    SWITCH_HOW,
    TO,
    UNTIL,
    WITHIN,
)
from harness.drillfile.impairments import IMPAIRMENTS
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.orders import ORDER
from harness.drillfile.surroundings import CLOCK, DISK, LOSS
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import SIDE, SIDES, WORD, Field, Words, nested, span
from harness.model.drill import (
    ControlStep,
    HoldStep,
    KillStep,
    LatencyStep,
    PartitionStep,
    Step,
    SwitchStep,
    WaitStep,
)
from harness.model.units import duration
from harness.roles import REST


def _victim(verb: str) -> Field[str]:
    return Field(name=verb, kind=WORD, help="whom: a role or a host", example="primary", required=True)


def _strike(verb: Literal["kill", "stop", "pause"]) -> tuple[Field[str], Callable[[Words], Step]]:
    head = _victim(verb)

    def build(words: Words) -> Step:
        return KillStep(
            verb=verb,
            victim=words[head],
            scope=words[SCOPE],
            at=words[AT],
            until_s=until_s(words),
            on=trigger(words),
        )

    return head, build


_SIDES: Field[tuple[tuple[str, ...], ...]] = Field(
    name="partition",
    kind=SIDES,
    help=f"the sides, each a role, a host or a list of them; `{REST}` is all that no other side names",
    example=f"[[primary, client/1], {REST}]",
    required=True,
)
_ALONE: Field[tuple[str, ...]] = Field(
    name="isolate",
    kind=SIDE,
    help="whom: a role, a host or a list of them; all others are the other side",
    example="primary",
    required=True,
)
_SLOWED: Field[tuple[tuple[str, ...], ...]] = Field(
    name="latency",
    kind=SIDES,
    help=f"the sides, as of a partition; `[[primary], {REST}]` is every link of the primary",
    example=f"[[primary], {REST}]",
    required=True,
)
_SWITCH: Field[str] = Field(
    name="switch",
    kind=WORD,
    help="whose power switch: a role or a data node",
    example="primary",
    required=True,
)
_WAIT: Field[Words] = Field(
    name="wait",
    kind=nested("a wait", (FOR, HOST, WITHIN)),
    help="a block: for, host, within",
    example="{for: steady, within: 20s}",
    required=True,
)
_HOLD: Field[float] = Field(name="hold", kind=span(0.001), help="how long", example="30s", required=True)
_SWITCHOVER: Field[Words] = Field(
    name="switchover",
    kind=nested("a switchover", (TO,)),
    help="a block: to",
    example="{to: standby}",
    required=True,
)


def _partition(words: Words) -> Step:
    sides = words[_SIDES]
    if words[DIRECTION] != "both" and len(sides) != 2:
        raise words.wrong(DIRECTION, f"one way is cut between two sides, here are {len(sides)}")
    shape = words[SHAPE]
    if len(sides) < SIDES_MIN[shape]:
        raise words.wrong(
            SHAPE,
            f"a {shape} has {SIDES_MIN[shape]} sides or more, here are {len(sides)}: write them",
        )
    return structs.replace(_cut(words, sides), shape=shape)


# What Toxiproxy can do.
_DELAY_MIN_S = 0.001


def _isolate(words: Words) -> Step:
    if REST in words[_ALONE]:
        raise words.wrong(_ALONE, f"'{REST}' is the other side already; write who is isolated, like primary")
    return _cut(words, (words[_ALONE], (REST,)))


def _cut(words: Words, sides: tuple[tuple[str, ...], ...]) -> PartitionStep:
    how, direction = words[HOW], words[DIRECTION]
    if how in BOTH_WAYS and direction != "both":
        raise words.wrong(
            DIRECTION, f"'{how}' acts on both directions at once; for one way write how: drop or how: stall"
        )
    return PartitionStep(
        sides=sides,
        how=how,
        direction=direction,
        at=words[AT],
        until_s=until_s(words),
        on=trigger(words),
    )


def _latency(words: Words) -> Step:
    delay_s, jitter_s = words[DELAY], words[JITTER]
    if delay_s < _DELAY_MIN_S:
        raise words.wrong(
            DELAY, f"links are slowed by whole milliseconds; write {duration(_DELAY_MIN_S)} or more"
        )
    if jitter_s > delay_s:
        raise words.wrong(
            JITTER,
            f"{duration(jitter_s)} is more than the delay of {duration(delay_s)}; nothing arrives early",
        )
    return LatencyStep(
        sides=words[_SLOWED],
        delay_s=delay_s,
        jitter_s=jitter_s,
        at=words[AT],
        until_s=until_s(words),
        on=trigger(words),
    )


def _switch(words: Words) -> Step:
    return SwitchStep(
        victim=words[_SWITCH],
        how=words[SWITCH_HOW],
        at=words[AT],
        until_s=until_s(words),
        on=trigger(words),
    )


def _wait(words: Words) -> Step:
    inner = words[_WAIT]
    if inner[HOST] and inner[FOR] != "rejoined":
        raise inner.wrong(HOST, f"'{inner[FOR]}' is about the whole cluster; host goes with for: rejoined")
    return WaitStep(wait_for=inner[FOR], host=inner[HOST], within_s=inner[WITHIN])


def _hold(words: Words) -> Step:
    return HoldStep(duration_s=words[_HOLD])


def _switchover(words: Words) -> Step:
    return ControlStep(action="switchover", to=words[_SWITCHOVER][TO], at=words[AT], on=trigger(words))


_KILL, _build_kill = _strike("kill")
_STOP, _build_stop = _strike("stop")
_PAUSE, _build_pause = _strike("pause")

_FAULTS = (
    Verb(
        head=_KILL,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_kill,
        summary="end a process or a host by SIGKILL",
        does="Nobody restarts it before `until`. Of a process the host lives on: its peers are refused, and "
        "an agent beside it can see it die. Of a host all is silent at once.",
        example="- kill: primary\n  at: 1s..2s\n  until: 3s",
    ),
    Verb(
        head=_STOP,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_stop,
        summary="ask it to end by SIGTERM: an orderly stop",
        does="What can hand over does so. It is started again at `until`.",
        example="- stop: standby\n  at: 1s..2s\n  until: 3s",
    ),
    Verb(
        head=_PAUSE,
        fields=(SCOPE, AT, ON, ON_WITHIN, UNTIL),
        build=_build_pause,
        summary="freeze a process or a host, then let it go on",
        does="It keeps its memory and its connections, and believes that no time has passed: longer than the "
        "lease, a primary comes back as a zombie that must neither acknowledge nor answer.",
        example="- pause: primary\n  scope: host\n  at: 1s..2s\n  until: 4s",
    ),
    CRASH,
    Verb(
        head=_SIDES,
        fields=(HOW, DIRECTION, SHAPE, AT, ON, ON_WITHIN, UNTIL),
        build=_partition,
        summary="cut every link between sets of hosts",
        does="Hosts of one side keep each other. A client in the list is stranded with that side; whoever "
        "watches the run is never cut off. With a shape the partition is partial: some still see both of two "
        "that do not see each other, and no majority is of one mind.",
        example=f"- partition: [[primary, client/1], {REST}]\n  how: drop\n  at: 1s..2s\n  until: 4s",
    ),
    Verb(
        head=_ALONE,
        fields=(HOW, DIRECTION, AT, ON, ON_WITHIN, UNTIL),
        build=_isolate,
        summary=f"cut hosts off from all others: partition [[…], {REST}]",
        does="Several hosts in the list keep each other.",
        example="- isolate: primary\n  at: 1s..2s\n  until: 4s",
    ),
    Verb(
        head=_SLOWED,
        fields=(DELAY, JITTER, AT, ON, ON_WITHIN, UNTIL),
        build=_latency,
        summary="delay every link between sets of hosts",
        does="Everything arrives, in order and late, both ways. Below the detector's time-out it must cause "
        "no failover.",
        example=f"- latency: [[primary], {REST}]\n  delay: 30ms\n  jitter: 10ms\n  at: 1s..2s\n  until: 6s",
    ),
    *IMPAIRMENTS,
    LOSS,
    DISK,
    CLOCK,
    Verb(
        head=_SWITCH,
        fields=(SWITCH_HOW, AT, ON, ON_WITHIN, UNTIL),
        build=_switch,
        summary="let a node's power switch go wrong, for the fence device that uses it",
        does="Nothing happens until somebody switches. A device that is dead is `kill: fence`, one out of "
        f"reach a partition [[fence], {REST}].",
        example="- switch: primary\n  how: lies\n  until: 6s",
    ),
)
_OTHERS = (
    Verb(
        head=_WAIT,
        fields=(),
        build=_wait,
        summary="go on when the cluster is steady, rejoined or failed over",
        does="The times of the steps after it count from the moment it is met.",
        example="- wait: {for: rejoined, host: victim, within: 20s}",
    ),
    Verb(
        head=_HOLD,
        fields=(),
        build=_hold,
        summary="let the load run on",
        does="Begins once all steps before it have begun; their times go on counting from the last met wait.",
        example="- hold: 30s",
    ),
    Verb(
        head=_SWITCHOVER,
        fields=(AT, ON, ON_WITHIN),
        build=_switchover,
        summary="ask the target to make another node primary: a planned move",
        does="The target does it itself, in order: no write may fail for longer than a moment.",
        example="- switchover: {to: standby}\n  at: 1s..2s",
    ),
    ORDER,
)
FAULTS: Mapping[str, Verb] = {verb.name: verb for verb in _FAULTS}
OTHERS: Mapping[str, Verb] = {verb.name: verb for verb in _OTHERS}
VERBS: Mapping[str, Verb] = {**FAULTS, **OTHERS}
