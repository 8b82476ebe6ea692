"""The verbs of what a host stands on: packets that are lost, its disk, its clock."""

from __future__ import annotations

import re

from harness.drillfile.fields import AT, UNTIL
from harness.drillfile.moments import ON, ON_WITHIN
from harness.drillfile.tree import Node, shown
from harness.drillfile.verb import Verb, trigger, until_s
from harness.drillfile.words import SIDES, WORD, Field, Kind, Words, choice, text_of
from harness.model.drill import ClockStep, DiskStep, LossStep, Step
from harness.model.fault import DiskTrouble
from harness.roles import REST

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*%")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d+)?")
# Beyond this next to nothing arrives: that is a partition.
_PERCENT_MAX = 90.0
_RATES = (0.1, 10.0)

TROUBLES: dict[DiskTrouble, str] = {
    "stall": "no write ends before the step does",
    "fail": "every write ends in an error; a part of it may be there all the same",
    "lose": "the same, and what it held is gone: at the end an empty one is in its place",
    "damage": "a byte of what it holds is flipped, and its process starts on that; at the end as with lose",
}


def _share(node: Node) -> float:
    text = text_of(node, "a share like 5%").strip()
    match = _PERCENT.fullmatch(text)
    if match is None or not 0.0 < float(match[1]) <= _PERCENT_MAX:
        raise node.spot.wrong(
            f"'{shown(text)}' is no share above 0% and up to {_PERCENT_MAX:g}%; write for instance 5%"
        )
    return float(match[1]) / 100


def _rate(node: Node) -> float:
    text = text_of(node, "a rate like 1.0005").strip()
    low, high = _RATES
    if not _NUMBER.fullmatch(text) or not low <= float(text) <= high:
        raise node.spot.wrong(
            f"'{shown(text)}' is no rate from {low:g} to {high:g}; 1.0005 gains half a millisecond a second"
        )
    return float(text)


_LOSSY: Field[tuple[tuple[str, ...], ...]] = Field(
    name="loss",
    kind=SIDES,
    help=f"the sides, as of a partition; `[[primary], {REST}]` is every link of the primary",
    example=f"[[primary], {REST}]",
    required=True,
)
_SHARE: Field[float] = Field(
    name="share",
    kind=Kind(_share, {"type": "string", "pattern": rf"^\s*{_PERCENT.pattern}\s*$"}),
    help="how many of the packets are lost, SYN included",
    example="5%",
    required=True,
)
_DISK: Field[str] = Field(
    name="disk",
    kind=WORD,
    help="whose: a role or a host that keeps something",
    example="primary",
    required=True,
)
_DOES: Field[DiskTrouble] = Field(
    name="does", kind=choice(TROUBLES), help="what becomes of its writes", example="stall", required=True
)
_CLOCK: Field[str] = Field(
    name="clock", kind=WORD, help="whose: a data node or a witness", example="primary", required=True
)
_RATE: Field[float] = Field(
    name="rate",
    kind=Kind(_rate, {"type": "number", "minimum": _RATES[0], "maximum": _RATES[1]}),
    help="how fast it runs; a system that states a bound for its clocks promises nothing beyond it",
    example="1.0005",
    required=True,
)


def _loss(words: Words) -> Step:
    return LossStep(
        sides=words[_LOSSY], share=words[_SHARE], at=words[AT], until_s=until_s(words), on=trigger(words)
    )


def _disk(words: Words) -> Step:
    return DiskStep(
        victim=words[_DISK], does=words[_DOES], at=words[AT], until_s=until_s(words), on=trigger(words)
    )


def _clock(words: Words) -> Step:
    return ClockStep(
        victim=words[_CLOCK], rate=words[_RATE], at=words[AT], until_s=until_s(words), on=trigger(words)
    )


LOSS = Verb(
    head=_LOSSY,
    fields=(_SHARE, AT, ON, ON_WITHIN, UNTIL),
    build=_loss,
    summary="lose a share of the packets between sets of hosts",
    does="Everything arrives in the end: TCP sends a lost packet again, a fifth of a second later and more, "
    "and what is behind it waits. A detector that cannot bear that fails over for nothing.",
    example=f"- loss: [[primary], {REST}]\n  share: 5%\n  at: 1s..2s\n  until: 6s",
)
DISK = Verb(
    head=_DISK,
    fields=(_DOES, AT, ON, ON_WITHIN, UNTIL),
    build=_disk,
    summary="the disk stalls, fails, is lost or damaged",
    does="At `until` it works again, and what has died of it is started. Whoever goes on after a write that "
    "failed, as if it were durable, loses what it acknowledged; so does who starts on a damaged store, and "
    "reads it as far as it goes.",
    example="- disk: primary\n  does: stall\n  at: 1s..2s\n  until: 4s",
)
CLOCK = Verb(
    head=_CLOCK,
    fields=(_RATE, AT, ON, ON_WITHIN, UNTIL),
    build=_clock,
    summary="the clock runs fast or slow",
    does="It never jumps. A primary whose clock is slow believes in its lease for longer than those who "
    "granted it.",
    example="- clock: primary\n  rate: 0.9995\n  at: 0s\n  until: 6s",
)
