"""The verbs of links that still carry bytes, but not as they should: how much, in pieces, to which end."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.drillfile.fields import AT, DIRECTION, UNTIL
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.tree import Node, shown
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import SIDES, Field, Kind, Words, span, text_of, whole
from harness.model.drill import Direction, ImpairStep, Step
from harness.model.impairment import Bandwidth, Impairment, Reset, Slicing, SlowClose
from harness.roles import REST

Sides = tuple[tuple[str, ...], ...]

_THROUGHPUT = re.compile(r"(\d{1,7})\s*(KB|MB)/s")
_KB = {"KB": 1, "MB": 1000}
_RATE_MAX_KB_PER_S = 1_000_000
# What Toxiproxy can do: whole microseconds between pieces, whole milliseconds before an end.
_APART_MAX_S, _CLOSE_MIN_S, _CLOSE_MAX_S = 1.0, 0.001, 60.0


def _throughput(node: Node) -> int:
    text = text_of(node, "a rate like 100KB/s").strip()
    match = _THROUGHPUT.fullmatch(text)
    rate = int(match[1]) * _KB[match[2]] if match else 0
    if not 1 <= rate <= _RATE_MAX_KB_PER_S:
        raise node.spot.wrong(
            f"'{shown(text)}' is no rate from 1KB/s to 1000MB/s; write for instance 100KB/s, "
            "and for nothing at all a partition with how: stall"
        )
    return rate


def _of_sides(verb: str) -> Field[Sides]:
    return Field(
        name=verb,
        kind=SIDES,
        help=f"the sides, as of a partition; `[[primary], {REST}]` is every link of the primary",
        example=f"[[primary], {REST}]",
        required=True,
    )


_RATE: Field[int] = Field(
    name="rate",
    kind=Kind(_throughput, {"type": "string", "pattern": rf"^\s*{_THROUGHPUT.pattern}\s*$"}),
    help="how much of each connection arrives, each way by itself; 1KB is 1000 bytes",
    example="100KB/s",
    required=True,
)
_PIECE_BYTES: Field[int] = Field(
    name="piece_bytes",
    kind=whole(1, 65536),
    help="how many bytes arrive together at most",
    example="64",
    required=True,
)
_APART: Field[float] = Field(
    name="apart",
    kind=span(0.0, _APART_MAX_S),
    help="how long after a piece the next one comes, in whole microseconds",
    example="1ms",
    default=0.0,
    written="0s",
)
_LATE: Field[float] = Field(
    name="delay",
    kind=span(_CLOSE_MIN_S, _CLOSE_MAX_S),
    help="how much later the end of a connection arrives",
    example="2s",
    required=True,
)

_THROTTLED, _SLICED = _of_sides("bandwidth"), _of_sides("slicing")
_RESET, _CLOSED_LATE = _of_sides("reset"), _of_sides("slow_close")


def _builder(
    head: Field[Sides], by: Callable[[Words], Impairment], *, one_way: bool = True
) -> Callable[[Words], Step]:
    def build(words: Words) -> Step:
        sides = words[head]
        direction: Direction = words[DIRECTION] if one_way else "both"
        if direction != "both" and len(sides) != 2:
            raise words.wrong(DIRECTION, f"one way is between two sides, here are {len(sides)}")
        return ImpairStep(
            sides=sides,
            by=by(words),
            direction=direction,
            at=words[AT],
            until_s=until_s(words),
            on=trigger(words),
        )

    return build


BANDWIDTH = Verb(
    head=_THROTTLED,
    fields=(_RATE, DIRECTION, AT, ON, ON_WITHIN, UNTIL),
    build=_builder(_THROTTLED, lambda words: Bandwidth(words[_RATE])),
    summary="let only so many bytes a second through between sets of hosts",
    does="Open and new connections alike: what is too much is held, in order, and its sender blocked once "
    "all buffers are full. What is held when the step ends is delivered then. Verified by the kernel's "
    "counters at the proxies: no connection gets more than the rate.",
    example=f"- bandwidth: [[primary], {REST}]\n  rate: 100KB/s\n  at: 1s..2s\n  until: 6s",
)
SLICING = Verb(
    head=_SLICED,
    fields=(_PIECE_BYTES, _APART, DIRECTION, AT, ON, ON_WITHIN, UNTIL),
    build=_builder(_SLICED, lambda words: Slicing(words[_PIECE_BYTES], words[_APART])),
    summary="let bytes arrive in small pieces between sets of hosts",
    does="Open and new connections alike: a message that was sent whole is read in parts. Who takes one read "
    "for one message fails. At the end what is still to come arrives at once. Verified by the kernel's "
    "counters at the proxies: the segments that leave are no larger than a piece.",
    example=f"- slicing: [[primary], {REST}]\n  piece_bytes: 64\n  apart: 1ms\n  at: 1s..2s\n  until: 6s",
)
RESET = Verb(
    head=_RESET,
    fields=(AT, ON, ON_WITHIN, UNTIL),
    build=_builder(_RESET, lambda words: Reset(), one_way=False),
    summary="reset every connection between sets of hosts (RST)",
    does="Who opened a connection meets RST at once, who was dialled its end. A new one is accepted, and "
    "reset at its first byte, which is lost; one that is open when the step ends goes on if it never "
    "said anything. Verified by a probe from the hosts' own namespaces that connects, says a byte and "
    "meets RST; no service sees that byte.",
    example=f"- reset: [[primary], {REST}]\n  at: 1s..2s\n  until: 3s",
)
SLOW_CLOSE = Verb(
    head=_CLOSED_LATE,
    fields=(_LATE, DIRECTION, AT, ON, ON_WITHIN, UNTIL),
    build=_builder(_CLOSED_LATE, lambda words: SlowClose(words[_LATE])),
    summary="let the end of connections arrive late between sets of hosts",
    does="Bytes pass as ever, on open and on new connections; that the other end is gone is learnt `delay` "
    "later, or when the step ends. Who counts on seeing a peer's death by its connection waits. Verified "
    "by a probe from the hosts' own namespaces that closes, and is not answered in time; it says no byte.",
    example=f"- slow_close: [[primary], {REST}]\n  delay: 2s\n  at: 1s..2s\n  until: 6s",
)
IMPAIRMENTS = (BANDWIDTH, SLICING, RESET, SLOW_CLOSE)
