"""The verbs of links that carry nothing, or carry it late: partition, isolate, latency."""

from __future__ import annotations

from msgspec import structs

from harness.drillfile.fields import (
    AT,
    BOTH_WAYS,
    DELAY,
    DIRECTION,
    HOW,
    JITTER,
    SHAPE,
    SIDES_MIN,
    UNTIL,
)
from harness.drillfile.flapping import FLAPPING, flapping
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import SIDE, SIDES, Field, Words
from harness.model.drill import LatencyStep, PartitionStep, Step
from harness.model.units import duration
from harness.roles import REST

_PARTED: Field[tuple[tuple[str, ...], ...]] = Field(
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


def _partition(words: Words) -> Step:
    sides = words[_PARTED]
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
        flapping=flapping(words),
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
        flapping=flapping(words),
    )


PARTITION = Verb(
    head=_PARTED,
    fields=(HOW, DIRECTION, SHAPE, FLAPPING, AT, ON, ON_WITHIN, UNTIL),
    build=_partition,
    summary="cut every link between sets of hosts",
    does="Hosts of one side keep each other. A client in the list is stranded with that side; whoever "
    "watches the run is never cut off. With a shape the partition is partial: some still see both of two "
    "that do not see each other, and no majority is of one mind. Verified by connects from the hosts' own "
    "namespaces that are refused or meet silence, and by the kernel's counters at the proxies: nothing "
    "more gets through.",
    example=f"- partition: [[primary, client/1], {REST}]\n  how: drop\n  at: 1s..2s\n  until: 4s",
)
ISOLATE = Verb(
    head=_ALONE,
    fields=(HOW, DIRECTION, FLAPPING, AT, ON, ON_WITHIN, UNTIL),
    build=_isolate,
    summary=f"cut hosts off from all others: partition [[…], {REST}]",
    does="Several hosts in the list keep each other.",
    example="- isolate: primary\n  at: 1s..2s\n  until: 4s",
)
LATENCY = Verb(
    head=_SLOWED,
    fields=(DELAY, JITTER, FLAPPING, AT, ON, ON_WITHIN, UNTIL),
    build=_latency,
    summary="delay every link between sets of hosts",
    does="Everything arrives, in order and late, both ways. Below the detector's time-out it must cause "
    "no failover. Verified by the kernel's counters at the proxies: how long the bytes that come by stay "
    "there.",
    example=f"- latency: [[primary], {REST}]\n  delay: 30ms\n  jitter: 10ms\n  at: 1s..2s\n  until: 6s",
)
CUTS = (PARTITION, ISOLATE, LATENCY)
